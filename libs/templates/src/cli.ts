import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { exportArazzo } from './arazzo/export-arazzo.ts'
import { templateJsonSchema } from './definition.ts'
import { catalogDirectory, CatalogError, loadCatalog, loadTemplate, type CatalogEntry } from './load-catalog.ts'
import { runSamples } from './run-samples.ts'
import { newTemplate } from './new-template.ts'

const USAGE = `npm run template -- new <slug>      begin a template in libs/templates/catalog/<slug>
npm run template -- check [<slug>]  read and compile it, or all of them
npm run template -- test [<slug>]   run its samples, or those of all
npm run template -- arazzo <slug>   write it as Arazzo 1.0.1 and OpenAPI, into the current folder
npm run template -- schema          write template.schema.json anew`

const say = (text: string): void => void process.stdout.write(`${text}\n`)
/** With the paths in it as they are from the current folder. */
const fromHere = (text: string): string => text.replaceAll(`${process.cwd()}/`, '')

async function entries(slug: string | undefined, directory: string): Promise<readonly CatalogEntry[]> {
  const found = slug === undefined ? (await loadCatalog(directory)).list() : await loadTemplate(directory, slug)
  for (const entry of found) entry.check()
  return found
}

async function check(slug: string | undefined, directory: string): Promise<boolean> {
  for (const { definition, samples } of await entries(slug, directory)) {
    const hooks = Object.keys(definition.hooks)
    say(
      `${definition.slug} ${definition.version}: ${hooks.length} hooks (${hooks.join(', ')}), ${samples.length} samples`,
    )
  }
  return true
}

async function test(slug: string | undefined, directory: string): Promise<boolean> {
  let failed = 0
  let passed = 0
  for (const entry of await entries(slug, directory)) {
    for (const { sample, problems } of await runSamples(entry, entry.samples)) {
      if (problems.length === 0) passed++
      else {
        failed++
        say(`${entry.slug} ${sample.hook}: ${sample.description}\n  ${problems.join('\n  ')}`)
      }
    }
  }
  say(`${passed} samples passed, ${failed} failed`)
  return failed === 0
}

async function begin(slug: string | undefined, directory: string): Promise<boolean> {
  if (!slug || !/^[a-z0-9][a-z0-9-]{0,62}$/.test(slug)) {
    say('Name it: small letters, digits and dashes.')
    return false
  }
  const folder = join(directory, slug)
  await mkdir(join(folder, 'samples'), { recursive: true })
  for (const [name, text] of newTemplate(slug)) {
    await writeFile(join(folder, name), text, { flag: 'wx' })
    say(`wrote ${fromHere(join(folder, name))}`)
  }
  say(`Fill in template.yaml, then: npm run template -- test ${slug}`)
  return true
}

async function arazzo(slug: string | undefined, directory: string): Promise<boolean> {
  for (const { definition } of await entries(slug, directory)) {
    const files = [`${definition.slug}.arazzo.json`, `${definition.slug}.openapi.json`] as const
    const exported = exportArazzo(definition, `./${files[1]}`)
    await writeFile(files[0], `${JSON.stringify(exported.arazzo, null, 2)}\n`)
    await writeFile(files[1], `${JSON.stringify(exported.openapi, null, 2)}\n`)
    say(`wrote ${files.join(' and ')}`)
  }
  return true
}

async function schema(): Promise<boolean> {
  const file = join(catalogDirectory, '../template.schema.json')
  await writeFile(file, `${JSON.stringify(templateJsonSchema(), null, 2)}\n`)
  say('wrote libs/templates/template.schema.json')
  return true
}

const commands: Readonly<Record<string, (slug: string | undefined, directory: string) => Promise<boolean>>> = {
  new: begin,
  check,
  test,
  arazzo,
  schema,
}

/** Runs one command of the template tool on the templates of a directory; gives the exit code. */
export async function main(args: readonly string[], directory: string = catalogDirectory): Promise<number> {
  const { positionals } = parseArgs({ args: [...args], allowPositionals: true })
  const [name = '', slug] = positionals
  const command = commands[name]
  if (!command) {
    say(USAGE)
    return name === '' ? 0 : 2
  }
  try {
    return (await command(slug, directory)) ? 0 : 1
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (error instanceof CatalogError) say(fromHere(error.message))
    else if (code === 'EEXIST') say(`There is already a template "${slug}".`)
    else if (code === 'ENOENT') say(`There is no template "${slug}".`)
    else throw error
    return 1
  }
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2))
