import { readFileSync, renameSync, writeFileSync } from 'node:fs'

/** What the file holds; `initial` where there is none, or no file is wanted. */
export function readJsonFile<T>(file: string | undefined, initial: T): T {
  if (file === undefined) return initial
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as T
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return initial
    throw error
  }
}

/** Replaces the file whole, readable by its owner alone; does nothing where no file is wanted. */
export function writeJsonFile(file: string | undefined, value: unknown): void {
  if (file === undefined) return
  writeFileSync(`${file}.new`, JSON.stringify(value), { mode: 0o600 })
  renameSync(`${file}.new`, file)
}
