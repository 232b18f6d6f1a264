import { beforeAll, describe, expect, it } from '@jest/globals'
import { headers } from '@nats-io/transport-node'
import { setImmediate } from 'node:timers/promises'
import { startTelemetry } from '../start-telemetry.ts'
import { extractTrace, injectTrace, senderOf } from './nats-trace.ts'
import { unsampled, withSpan } from './span.ts'
import { currentTraceparent } from './trace-context.ts'

const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'

describe('without a collector', () => {
  beforeAll(async () => {
    delete process.env['OTEL_EXPORTER_OTLP_ENDPOINT']
    expect((await startTelemetry({ service: 'test', version: '0' })).exporting).toBe(false)
  })

  it('an incoming trace is handed on to outgoing messages, across await and inner spans', async () => {
    // given a message of a traced sender
    const received = headers()
    received.set('traceparent', traceparent)
    received.set('tracestate', 'cartly=1')

    // when it is handled, and another is published meanwhile
    const sent = headers()
    await withSpan('process store.*', { parent: extractTrace(received) }, async () => {
      await setImmediate()
      await withSpan('decide', {}, async () => {
        await setImmediate()
        injectTrace(sent)
      })
    })

    // then both belong to the sender's trace
    expect(sent.get('traceparent')).toBe(traceparent)
    expect(sent.get('tracestate')).toBe('cartly=1')
    expect(senderOf(sent)?.spanId).toBe('00f067aa0ba902b7')
  })

  it('no trace is begun', () => {
    const sent = headers()
    withSpan('publish', {}, () => injectTrace(sent))
    expect(sent.has('traceparent')).toBe(false)
    expect(senderOf(sent)).toBeUndefined()
    expect(unsampled(() => currentTraceparent())).toBeUndefined()
  })

  it('spans are not recording, and results and failures pass through', async () => {
    expect(withSpan('sync', {}, (span) => span.isRecording())).toBe(false)
    await expect(withSpan('async', {}, () => Promise.resolve(7))).resolves.toBe(7)
    expect(() =>
      withSpan('throws', {}, () => {
        throw new RangeError('no')
      }),
    ).toThrow(RangeError)
  })
})
