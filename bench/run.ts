import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'

// npm run bench [-- NAME… [ARGUMENT…]]: runs the benches named, or all, one after the other. What is no name goes to them.

const known = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.ts') && file !== 'run.ts')
  .map((file) => file.slice(0, -3))
const given = process.argv.slice(2)
const named = given.filter((word) => known.includes(word))
const rest = given.filter((word) => !known.includes(word))
const unknown = rest.find((word) => /^[a-z]/.test(word) && named.length === 0)

if (unknown !== undefined) {
  console.error(`There is no bench ${unknown}; there is ${known.join(', ')}.`)
  process.exit(2)
}
for (const name of named.length > 0 ? named : known) {
  console.log(`\n━━ ${name}`)
  const bench = spawn(
    process.execPath,
    ['--conditions=@cartly/source', join(import.meta.dirname, `${name}.ts`), ...rest],
    {
      stdio: 'inherit',
    },
  )
  const [code] = (await once(bench, 'exit')) as [number | null]
  if (code !== 0) process.exitCode = 1
}
