import { Type, type Static } from 'typebox'

/** An exact amount: `{ amount: 1250, currency: 'USD' }` is 12.50 dollars, `{ amount: 1250, currency: 'JPY' }` 1,250 yen. */
export const Money = Type.Object(
  {
    amount: Type.Integer({ description: 'In minor units of the currency' }),
    currency: Type.String({ pattern: '^[A-Z]{3}$', description: 'ISO 4217' }),
  },
  { additionalProperties: false },
)
export type Money = Static<typeof Money>
