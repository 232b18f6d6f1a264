import { describe, expect, it } from '@jest/globals'
import { ROOT_CONTEXT } from '@opentelemetry/api'
import {
  continueTrace,
  currentTraceparent,
  formatTraceparent,
  parseTraceparent,
  traceHeaders,
} from './trace-context.ts'

const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'

describe('traceparent', () => {
  it('is read and written back unchanged', () => {
    const spanContext = parseTraceparent(traceparent)
    expect(spanContext).toMatchObject({ traceId: '4bf92f3577b34da6a3ce929d0e0e4736', traceFlags: 1, isRemote: true })
    expect(spanContext && formatTraceparent(spanContext)).toBe(traceparent)
  })

  it('of a later version is read by the part version 00 knows', () => {
    expect(parseTraceparent(`cc${traceparent.slice(2)}-what-the-future-holds`)?.spanId).toBe('00f067aa0ba902b7')
  })

  it.each([
    ['absent', undefined],
    ['empty', ''],
    ['of the forbidden version', `ff${traceparent.slice(2)}`],
    ['longer than version 00 allows', `${traceparent}-00`],
    ['in capitals', traceparent.toUpperCase()],
    ['with a trace id of zeros', '00-00000000000000000000000000000000-00f067aa0ba902b7-01'],
    ['with a span id of zeros', '00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01'],
    ['with a line break', `${traceparent}\n`],
  ])('that is %s starts a trace anew', (_, value) => {
    expect(parseTraceparent(value)).toBeUndefined()
    expect(continueTrace(value === undefined ? {} : { traceparent: value }, ROOT_CONTEXT)).toBe(ROOT_CONTEXT)
  })

  it('travels with its tracestate', () => {
    const headers = { traceparent, tracestate: 'cartly=1,other=2' }
    const continued = continueTrace(headers, ROOT_CONTEXT)
    expect(currentTraceparent(continued)).toBe(traceparent)
    expect(traceHeaders(continued)).toEqual(headers)
    expect(traceHeaders(ROOT_CONTEXT)).toEqual({})
  })
})
