/** Lays `.br` and `.gz` beside each built file: the gateway serves those as they are, and compresses nothing itself. */
import { globSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

const dist = fileURLToPath(new URL('../dist/', import.meta.url))
const SMALLEST = 1024

for (const name of globSync('**/*.{js,css,svg}', { cwd: dist })) {
  const file = dist + name
  if (statSync(file).size < SMALLEST) continue
  const content = readFileSync(file)
  writeFileSync(`${file}.gz`, gzipSync(content, { level: 9 }))
  writeFileSync(
    `${file}.br`,
    brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } }),
  )
}
