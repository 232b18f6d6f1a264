import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { fastify } from 'fastify'

let script: Promise<Buffer> | undefined

/**
 * Scalar's API reference, as one gzipped script. Its package holds it within a Fastify plugin, 5 MB that are loaded when
 * somebody first opens the documentation, and served by an instance that never listens.
 */
export function referenceScript(): Promise<Buffer> {
  script ??= load().catch((error: unknown) => {
    script = undefined
    throw error
  })
  return script
}

async function load(): Promise<Buffer> {
  const { default: plugin } = await import('@scalar/fastify-api-reference')
  const server = fastify()
  await server.register(plugin, { routePrefix: '/docs', configuration: { url: '/openapi.json' } })
  const { rawPayload } = await server.inject('/docs/js/scalar.js')
  await server.close()
  return promisify(gzip)(rawPayload)
}
