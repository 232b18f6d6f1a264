import type { MappingFunction } from '../function.ts'
import { listFunctions } from './lists.ts'
import { logicFunctions } from './logic.ts'
import { moneyFunctions } from './money.ts'
import { numberFunctions } from './numbers.ts'
import { quantityFunctions } from './quantities.ts'
import { tableFunctions } from './tables.ts'
import { textFunctions } from './text.ts'
import { valueFunctions } from './values.ts'

/** The whole language: every function by its name, in the order of the documentation. */
export const functions: ReadonlyMap<string, MappingFunction> = new Map<string, MappingFunction>(
  Object.entries({
    ...valueFunctions,
    ...textFunctions,
    ...numberFunctions,
    ...moneyFunctions,
    ...quantityFunctions,
    ...tableFunctions,
    ...listFunctions,
    ...logicFunctions,
  }),
)
