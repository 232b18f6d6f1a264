import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { startTelemetry } from './start-telemetry.ts'
import { withSpan } from './tracing/span.ts'

/** A collector that keeps every request waiting until the test is over. */
const waiting: ServerResponse[] = []
let answering = false
const collector = createServer((_, response) => void (answering ? response.end() : waiting.push(response)))

beforeAll(() => new Promise<void>((resolve) => void collector.listen(0, '127.0.0.1', resolve)))
afterAll(() => {
  answering = true
  for (const response of waiting) response.end()
  collector.close()
})

it('a collector that never answers holds up neither the work nor the shutdown', async () => {
  process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`
  const telemetry = await startTelemetry({ service: 'test', version: '0' })
  expect(withSpan('work', {}, (span) => span.isRecording())).toBe(true)
  const begun = performance.now()
  await telemetry.shutdown(200)
  // The exporter itself would wait for ten seconds.
  expect(performance.now() - begun).toBeLessThan(5_000)
})
