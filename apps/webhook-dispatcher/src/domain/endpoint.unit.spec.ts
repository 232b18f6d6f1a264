import { describe, expect, it } from '@jest/globals'
import { compileSchema, endpointEvents, newId, type EndpointEvent, type StoreId } from '@cartly/contracts'
import { specify } from '@cartly/event-store'
import { endpoint } from './endpoint.ts'

const at = '2026-11-24T09:30:00Z'
const endpointId = newId('whk')
const base = {
  endpointId,
  storeId: 'store_1' as StoreId,
  config: { url: 'https://example.com/hooks', eventTypes: ['order.created'], description: 'one' },
  credentialId: newId('cred'),
  at,
}
const created: EndpointEvent = { type: 'EndpointCreated', data: base }
const disabled: EndpointEvent = { type: 'EndpointDisabled', data: { cause: 'gone', reason: 'it answered 410', at } }
const deleted: EndpointEvent = { type: 'EndpointDeleted', data: {} }
const given = specify(endpoint).given

describe('an endpoint', () => {
  it('is created once', () => {
    given([])
      .when({ type: 'create', ...base })
      .thenEvents([created])
    given([created])
      .when({ type: 'create', ...base })
      .thenRefused('already_created')
  })

  it('keeps what a change does not name, and takes back to its default what it names null', () => {
    given([created])
      .when({ type: 'change', change: { description: null, timeoutMs: 5_000 } })
      .thenEvents([
        {
          type: 'EndpointChanged',
          data: { config: { url: base.config.url, eventTypes: base.config.eventTypes, timeoutMs: 5_000 } },
        },
      ])
    given([created])
      .when({ type: 'change', change: { description: 'one' } })
      .thenNothing()
  })

  it('is changed by new values of its headers, though their names are the same', () => {
    const config = { ...base.config, headers: { Authorization: '[redacted]' as const } }
    const withHeaders: EndpointEvent = { type: 'EndpointCreated', data: { ...base, config } }
    given([withHeaders])
      .when({ type: 'change', change: { headers: config.headers }, headersVersion: 2 })
      .thenEvents([{ type: 'EndpointChanged', data: { config, headersVersion: 2 } }])
    given([withHeaders])
      .when({ type: 'change', change: { headers: config.headers } })
      .thenNothing()
  })

  it('is disabled and enabled, each once', () => {
    given([created])
      .when({ type: 'disable', ...disabled.data })
      .thenEvents([disabled])
    given([created, disabled]).when({ type: 'disable', cause: 'user', reason: 'x', at }).thenNothing()
    given([created, disabled])
      .when({ type: 'enable' })
      .thenEvents([{ type: 'EndpointEnabled', data: {} }])
    given([created]).when({ type: 'enable' }).thenNothing()
  })

  it('is without headers where its event is of the version that had their values', () => {
    const { data, upcast } = endpointEvents.types.EndpointCreated
    const old = { ...base, config: { ...base.config, headers: { Authorization: 'Bearer old' } } }
    expect(compileSchema(data).is(old)).toBe(false)
    expect(compileSchema(data).parse(upcast?.[1]?.(old), 'The event')).toEqual(base)
  })

  it('is gone for good once it is deleted', () => {
    given([created]).when({ type: 'delete' }).thenEvents([deleted])
    given([created, deleted]).when({ type: 'delete' }).thenNothing()
    given([created, deleted]).when({ type: 'enable' }).thenRefused('not_found')
    given([]).when({ type: 'rotateSecret', version: 2, overlapUntil: at }).thenRefused('not_found')
  })
})
