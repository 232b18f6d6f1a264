import { readFileSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DefinitionError } from '@cartly/request-chain'
import { parse, YAMLParseError } from 'yaml'
import { compileTemplate, type CompiledTemplate, type ConnectorAddress } from './compile-template.ts'
import { lineOf } from './line-of.ts'
import type { Sample, TemplateDefinition } from './definition.ts'

/** The templates that come with the engine. */
export const catalogDirectory = fileURLToPath(new URL('../catalog/', import.meta.url))

/**
 * One version of a template. It is compiled when its hooks, its test or its address are first asked for, since a service
 * holds the whole catalogue and runs a few templates of it; a file that is wrong throws a `CatalogError` then.
 */
export interface CatalogEntry extends CompiledTemplate {
  readonly slug: string
  readonly version: string
  /** SVG text. */
  readonly icon: string | undefined
  readonly samples: readonly Sample[]
  /** Where it was read from. */
  readonly file: string
  /** Compiles it now. @throws CatalogError when the file is wrong */
  check(): void
}

export interface Catalog {
  /** The newest version of each template, by name. */
  list(): readonly CatalogEntry[]
  get(slug: string, version?: string): CatalogEntry | undefined
  /** Versions of a template, newest first. */
  versions(slug: string): readonly string[]
}

/** A file of the catalogue that cannot be used; the message says file, place and reason. */
export class CatalogError extends Error {
  readonly file: string

  constructor(file: string, reason: string, message = `${file}: ${reason}`) {
    super(message)
    this.name = 'CatalogError'
    this.file = file
  }

  /** With a line for each issue, as compilers write them: editors lead from there to the place. */
  static of(file: string, { message, issues }: DefinitionError): CatalogError {
    const text = readFileSync(file, 'utf8')
    const lines = issues.map((issue) => `${file}:${lineOf(text, issue.pointer)}: ${issue.pointer} ${issue.message}`)
    return new CatalogError(file, message, lines.join('\n'))
  }
}

/**
 * Reads every template of a directory: `<slug>/template.yaml`, older versions in `<slug>/versions/*.yaml`, samples in
 * `<slug>/samples/*.json`, `<slug>/icon.svg`.
 * @throws CatalogError for the first file that cannot be read, or has the name or version of another
 */
export async function loadCatalog(directory: string = catalogDirectory): Promise<Catalog> {
  const folders = (await readdir(directory, { withFileTypes: true })).filter((entry) => entry.isDirectory())
  const loaded = await Promise.all(folders.map(({ name }) => loadTemplate(directory, name)))
  const bySlug = new Map(loaded.map((versions) => [versions[0].slug, versions]))
  const newest = loaded
    .map((versions) => versions[0])
    .toSorted((a, b) => a.definition.name.localeCompare(b.definition.name))
  return {
    list: () => newest,
    get: (slug, version) => {
      const versions = bySlug.get(slug)
      return version === undefined ? versions?.[0] : versions?.find((entry) => entry.version === version)
    },
    versions: (slug) => bySlug.get(slug)?.map(({ version }) => version) ?? [],
  }
}

/** All versions of the template in one folder, newest first. */
export async function loadTemplate(directory: string, slug: string): Promise<[CatalogEntry, ...CatalogEntry[]]> {
  const folder = join(directory, slug)
  const [icon, samples, older] = await Promise.all([
    readIfThere(join(folder, 'icon.svg')),
    readSamples(join(folder, 'samples')),
    filesIn(join(folder, 'versions'), '.yaml'),
  ])
  const current = await readTemplate(join(folder, 'template.yaml'), slug, icon, samples)
  const others = await Promise.all(older.map((file) => readTemplate(file, slug, icon, [])))
  const known = new Set<string>()
  for (const entry of [current, ...others]) {
    if (known.has(entry.version)) throw new CatalogError(entry.file, `version ${entry.version} is there twice`)
    known.add(entry.version)
  }
  return [current, ...others.toSorted((a, b) => compareVersions(b.version, a.version))]
}

async function readTemplate(
  file: string,
  slug: string,
  icon: string | undefined,
  samples: readonly Sample[],
): Promise<CatalogEntry> {
  const definition = parseYaml(file, await readFile(file, 'utf8'))
  const { slug: named, version } = (definition ?? {}) as Partial<TemplateDefinition>
  if (named !== slug) throw new CatalogError(file, `/slug: "${named}" must be the folder's name, "${slug}"`)
  if (typeof version !== 'string') throw new CatalogError(file, '/version is required')
  const ofDefinition = (definition as TemplateDefinition).samples ?? []
  return new FileEntry({ file, slug, version, icon, samples: [...ofDefinition, ...samples] }, definition)
}

class FileEntry implements CatalogEntry {
  readonly slug: string
  readonly version: string
  readonly icon: string | undefined
  readonly samples: readonly Sample[]
  readonly file: string
  readonly definition: TemplateDefinition
  #compiled: CompiledTemplate | undefined

  constructor(facts: Omit<CatalogEntry, 'check' | keyof CompiledTemplate>, definition: unknown) {
    this.slug = facts.slug
    this.version = facts.version
    this.icon = facts.icon
    this.samples = facts.samples
    this.file = facts.file
    this.definition = definition as TemplateDefinition
  }

  get hooks(): CompiledTemplate['hooks'] {
    return this.#compile().hooks
  }

  get test(): CompiledTemplate['test'] {
    return this.#compile().test
  }

  baseUrl(connector: ConnectorAddress): string {
    return this.#compile().baseUrl(connector)
  }

  check(): void {
    this.#compile()
  }

  #compile(): CompiledTemplate {
    try {
      return (this.#compiled ??= compileTemplate(this.definition))
    } catch (error) {
      if (error instanceof DefinitionError) throw CatalogError.of(this.file, error)
      throw error
    }
  }
}

function parseYaml(file: string, text: string): unknown {
  try {
    return parse(text)
  } catch (error) {
    if (error instanceof YAMLParseError) throw new CatalogError(file, error.message)
    throw error
  }
}

async function readSamples(folder: string): Promise<Sample[]> {
  const files = await filesIn(folder, '.json')
  return Promise.all(
    files.map(async (file) => {
      try {
        return JSON.parse(await readFile(file, 'utf8')) as Sample
      } catch (error) {
        throw new CatalogError(file, `this is no JSON: ${error instanceof Error ? error.message : error}`)
      }
    }),
  )
}

async function filesIn(folder: string, ending: string): Promise<string[]> {
  try {
    const names = await readdir(folder)
    return names
      .filter((name) => name.endsWith(ending))
      .toSorted()
      .map((name) => join(folder, name))
  } catch (error) {
    if (isMissing(error)) return []
    throw error
  }
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT'

/** Orders semantic versions of plain numbers. */
function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => version.split('.').map(Number))
  return [0, 1, 2].reduce((order, part) => order || left![part]! - right![part]!, 0)
}
