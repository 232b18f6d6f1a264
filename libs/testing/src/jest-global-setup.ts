import { registerHooks } from 'node:module'

// Jest loads this file by Node's own rules; this gives it the export condition under which the tests run.
registerHooks({
  resolve: (specifier, context, next) =>
    next(specifier, { ...context, conditions: [...context.conditions, '@cartly/source'] }),
})

/** Before all tests: a folder for this run's servers; what killed runs left behind is cleared. */
export default async function globalSetup(): Promise<void> {
  const { clearAbandoned, runFolder } = await import('./test-folder.ts')
  await clearAbandoned()
  runFolder()
}
