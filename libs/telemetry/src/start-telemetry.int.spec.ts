import { CartlyError, Secret } from '@cartly/contracts'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { headers } from '@nats-io/transport-node'
import { SpanKind } from '@opentelemetry/api'
import { createLogger } from './logging/logger.ts'
import { gauge } from './metrics/instruments.ts'
import { messagingMetrics } from './metrics/messaging.ts'
import { startTelemetry, type Telemetry } from './start-telemetry.ts'
import { startOtlpReceiver, type OtlpReceiver } from './testing/index.ts'
import { extractTrace, injectTrace, senderOf } from './tracing/nats-trace.ts'
import { unsampled, withSpan } from './tracing/span.ts'
import { currentTraceparent } from './tracing/trace-context.ts'

describe('with a collector', () => {
  let receiver: OtlpReceiver
  let telemetry: Telemetry

  beforeAll(async () => {
    receiver = await startOtlpReceiver()
    Object.assign(process.env, receiver.env)
    telemetry = await startTelemetry({ service: 'hook-executor', version: '1.2.3' })
  })
  afterAll(() => receiver.stop())

  it('one trace leads from the sender over a message to the handler', async () => {
    // given a message published within a span
    const message = headers()
    await withSpan('send store.*', { kind: SpanKind.PRODUCER }, async () => injectTrace(message))

    // when it is handled under the context it carries
    withSpan('process store.*', { kind: SpanKind.CONSUMER, parent: extractTrace(message) }, () => {})

    // then the collector has both in one trace, child under parent
    const handled = await receiver.until(({ spans }) => spans.find(({ name }) => name === 'process store.*'))
    const [sent] = receiver.spans.filter(({ name }) => name === 'send store.*')
    expect(handled.parentSpanId).toBe(sent?.spanId)
    expect(receiver.trace(handled.traceId)).toHaveLength(2)
    expect(handled.service).toBe('hook-executor')
  })

  it('a replay links to the sender instead of extending its trace', async () => {
    const message = headers()
    message.set('traceparent', '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01')
    const sender = senderOf(message)
    withSpan('replay', { links: sender ? [sender] : [] }, () => {})
    const replay = await receiver.until(({ spans }) => spans.find(({ name }) => name === 'replay'))
    expect(replay.traceId).not.toBe('4bf92f3577b34da6a3ce929d0e0e4736')
    expect(replay.links).toEqual([expect.objectContaining({ spanId: '00f067aa0ba902b7' })])
  })

  it('a failure is recorded by its code, never by its text', async () => {
    const failing = withSpan('lease', {}, async () => {
      throw new CartlyError('unavailable', 'vault_unreachable', 'planted-in-error')
    })
    await expect(failing).rejects.toThrow('planted-in-error')
    const span = await receiver.until(({ spans }) => spans.find(({ name }) => name === 'lease'))
    expect(span.error).toBe('vault_unreachable')
    expect(span.attributes['error.type']).toBe('vault_unreachable')
    expect(receiver.bodies.join()).not.toContain('planted-in-error')
  })

  it('a log line carries its trace, and neither it nor the log record a secret', async () => {
    const lines: string[] = []
    const logger = createLogger('hook-executor', { write: (line) => lines.push(line) })
    const traceparent = withSpan('test connection', {}, () => {
      logger.info('Leased', { apiKey: 'planted-1', lease: { value: new Secret('planted-2'), ttl: 60 } })
      return currentTraceparent()
    })
    const record = await receiver.until(({ logs }) => logs.find(({ message }) => message === 'Leased'))
    expect(record).toMatchObject({ level: 'info', attributes: { lease: { ttl: 60 } } })
    expect(traceparent).toContain(record.traceId)
    expect(lines[0]).toContain(`"trace_id":"${record.traceId}"`)
    expect([...lines, ...receiver.bodies].join()).not.toContain('planted-')
  })

  it('nothing beneath `unsampled` is recorded, nor by those it calls', async () => {
    const traceparent = unsampled(() => withSpan('rebuild', {}, () => currentTraceparent()))
    expect(traceparent).toMatch(/-00$/)
    withSpan('after rebuild', {}, () => {})
    await receiver.until(({ spans }) => spans.find(({ name }) => name === 'after rebuild'))
    expect(receiver.spans.some(({ name }) => name === 'rebuild')).toBe(false)
  })

  it('instruments declared before telemetry started are exported, and gauges are read', async () => {
    messagingMetrics.consumed.add(1, { 'messaging.system': 'nats' })
    messagingMetrics.process.record(0.002, { 'messaging.system': 'nats' })
    gauge('cartly.test.backlog', 'A backlog', '{delivery}', (result) => result.observe(3))
    const seen = await receiver.until(({ metrics }) => {
      const byName = new Map(metrics.map((metric) => [metric.name, metric]))
      return byName.has('cartly.test.backlog') && byName
    })
    expect(seen.get('messaging.client.consumed.messages')).toMatchObject({
      unit: '{message}',
      service: 'hook-executor',
    })
    expect(seen.get('messaging.process.duration')?.unit).toBe('s')
  })

  it('says which instance of which version it is', async () => {
    const body = await receiver.until(({ bodies }) => bodies.find((text) => text.includes('resourceSpans')))
    for (const name of ['service.instance.id', 'service.namespace', 'host.name']) expect(body).toContain(`"${name}"`)
    expect(body).toContain('"1.2.3"')
    expect(body).not.toContain('process.command')
  })

  it('shutdown sends what is buffered', async () => {
    withSpan('last words', {}, () => {})
    await telemetry.shutdown()
    expect(receiver.spans.some(({ name }) => name === 'last words')).toBe(true)
  })
})
