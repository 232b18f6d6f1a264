import { readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root, secondsSince } from './machine.mjs'
import { runBin, runNode } from './run.mjs'
import { Trouble } from './trouble.mjs'

const folder = join(root, 'apps/console')
const sources = ['src', 'public', 'index.html', 'vite.config.ts', 'package.json'].map((name) => join(folder, name))
// What the editors complete by, and the packages that are bundled.
sources.push(join(root, 'libs/templates/template.schema.json'), join(root, 'package-lock.json'))

/** Written last, so that a build that was cut short is done again. */
const done = join(folder, 'dist/.built')

/** Builds the pages that the gateway serves, when one of their sources is newer than they are. */
export async function buildConsole() {
  const built = statSync(done, { throwIfNoEntry: false })
  if (built && Math.max(...sources.map(changedAt)) <= built.mtimeMs) return
  const began = Date.now()
  console.log('Building the console …')
  const failed =
    (await runBin('vite', ['build', folder, '--logLevel=warn'])) !== 0 ||
    (await runNode([join(folder, 'scripts/compress.ts')])) !== 0
  if (failed) throw new Trouble('The console could not be built.', 'The errors are above.')
  writeFileSync(done, '')
  console.log(`Built the console in ${secondsSince(began)}.`)
}

/** When a file, or anything in a folder, last changed: milliseconds since the epoch. */
function changedAt(path) {
  const entry = statSync(path)
  const within = entry.isDirectory() ? readdirSync(path, { recursive: true }) : []
  return Math.max(entry.mtimeMs, ...within.map((name) => statSync(join(path, name)).mtimeMs))
}
