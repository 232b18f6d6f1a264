/**
 * Writes `src/api/schema.ts`, the types of the public API, from the table that the gateway makes `/openapi.json` of.
 * `--check` writes nothing, and fails when the file is not what it would write. Run it with Node 24.
 */
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import openapiTS, { astToString } from 'openapi-typescript'

const gateway = fileURLToPath(new URL('../../admin-gateway/', import.meta.url))
const target = fileURLToPath(new URL('../src/api/schema.ts', import.meta.url))

/** The document as the gateway serves it, without a gateway: its sources run as they are. */
function openApiDocument(): string {
  const program = `
    import { openApiOf } from './src/api/openapi.ts'
    import { routes } from './src/routes/index.ts'
    process.stdout.write(JSON.stringify(openApiOf(routes, 'https://cartly.invalid')))`
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--conditions=@cartly/source', '--input-type=module', '--eval', program],
    { cwd: gateway, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
  )
  if (status !== 0) throw new Error(`The gateway's route table could not be read:\n${stderr}`)
  return stdout
}

function formatted(source: string): string {
  const oxfmt = fileURLToPath(new URL('../../../node_modules/.bin/oxfmt', import.meta.url))
  const { status, stdout, stderr } = spawnSync(oxfmt, ['--stdin-filepath', target], {
    input: source,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  })
  if (status !== 0) throw new Error(stderr)
  return stdout
}

const types = await openapiTS(openApiDocument(), { alphabetize: true, exportType: true })
const text = formatted(
  `/* Written by scripts/api-types.ts from the gateway's OpenAPI document; not to be edited. */\n${astToString(types)}`,
)

if (!process.argv.includes('--check')) {
  writeFileSync(target, text)
} else if (readFileSync(target, 'utf8') !== text) {
  console.error('apps/console/src/api/schema.ts is behind the API.\n  → npm run api-types -w @cartly/console')
  process.exitCode = 1
}
