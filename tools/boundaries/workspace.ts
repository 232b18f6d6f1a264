import { existsSync, globSync, readFileSync } from 'node:fs'
import { basename, join, relative, resolve } from 'node:path'

/** What a project is, by its Nx tag `type:…`. */
export type ProjectType = 'app' | 'contracts' | 'infra' | 'pure' | 'tooling'

/** A workspace under `apps/` or `libs/`. */
export interface Project {
  /** As npm knows it: `@cartly/mapping`. */
  name: string
  /** From the root: `libs/mapping`. */
  folder: string
  type: ProjectType
  /** Names of workspaces in its `package.json`. */
  dependencies: string[]
  /** Names of workspaces in its `tsconfig.json`. */
  references: string[]
  /** What others may import: the name, or the name with a path. */
  entrances: string[]
  /** Its TypeScript sources, from the root. */
  files: string[]
}

const types: readonly string[] = ['app', 'contracts', 'infra', 'pure', 'tooling'] satisfies ProjectType[]

/** Reads every project of the workspace that compiles with `tsc -b`. */
export function readWorkspace(root: string): Project[] {
  const folders = globSync('{apps,libs}/*', { cwd: root }).filter((folder) =>
    existsSync(join(root, folder, 'tsconfig.json')),
  )
  const nameOf = (folder: string) => readJson<{ name: string }>(join(root, folder, 'package.json')).name
  return folders.toSorted().map((folder): Project => {
    const manifest = readJson<Manifest>(join(root, folder, 'package.json'))
    const config = readJson<{ references?: { path: string }[] }>(join(root, folder, 'tsconfig.json'))
    const referenced = (config.references ?? []).map(({ path }) => relative(root, resolve(root, folder, path)))
    return {
      name: manifest.name,
      folder,
      type: typeOf(root, folder),
      dependencies: Object.keys({ ...manifest.dependencies, ...manifest.devDependencies }),
      references: referenced.map(nameOf),
      entrances: Object.keys(manifest.exports ?? {}).map((entrance) => manifest.name + entrance.slice(1)),
      files: globSync('src/**/*.ts', { cwd: join(root, folder) }).map((file) => join(folder, file)),
    }
  })
}

interface Manifest {
  name: string
  exports?: Record<string, unknown>
  dependencies?: Record<string, string>
  devDependencies?: Record<string, string>
}

function typeOf(root: string, folder: string): ProjectType {
  const { tags } = readJson<{ tags: string[] }>(join(root, folder, 'project.json'))
  const type = tags.find((tag) => tag.startsWith('type:'))?.slice('type:'.length)
  if (type !== undefined && types.includes(type)) return type as ProjectType
  throw new Error(
    `${basename(folder)}/project.json needs one of the tags ${types.map((name) => `type:${name}`).join(', ')}`,
  )
}

function readJson<T>(file: string): T {
  return JSON.parse(readFileSync(file, 'utf8')) as T
}
