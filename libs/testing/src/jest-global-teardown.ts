/** After all tests: stops the servers that they shared and removes the run's folder. */
export default async function globalTeardown(): Promise<void> {
  const { clearFolder, runFolder } = await import('./test-folder.ts')
  await clearFolder(runFolder())
}
