/** Whole answers, as they come, by the name of their schema in `components`. A test holds them to it. */
const at = '2026-11-24T09:30:00.000Z'
const connectorId = 'conn_06e8rk2m4p7q9s1t3v5x7z9b2d'
const endpointId = 'whk_06e8rk2m4p7q9s1t3v5x7z9b2d'
const executionId = 'exec_06e8rk2m4p7q9s1t3v5x7z9b2d'
const deliveryId = 'dlv_06e8rk2m4p7q9s1t3v5x7z9b2d'
const messageId = 'msg_06e8rk2m4p7q9s1t3v5x7z9b2d'

const error = {
  class: 'transient',
  code: 'http_503',
  message: 'Shippo is not available at the moment; it is tried again by itself',
}

const deliverySummary = {
  id: deliveryId,
  endpointId,
  messageId,
  eventId: 'evt_1',
  eventType: 'order.created',
  status: 'retrying',
  attempts: 1,
  createdAt: at,
  lastAttemptAt: at,
  nextAttemptAt: '2026-11-24T09:30:05.000Z',
  lastStatus: 500,
  error: { code: 'http_500', message: 'The receiver answered 500' },
}

const stats = {
  window: '24h',
  total: 1_204,
  succeeded: 1_201,
  failed: 3,
  successRate: 0.9975,
  latencyMs: { p50: 212, p95: 480, p99: 910 },
  series: [{ at, total: 51, failed: 0, p50: 205, p95: 460 }],
}

export const answerExamples: Readonly<Record<string, unknown>> = {
  Problem: {
    type: 'urn:cartly:problem:invalid_input',
    title: 'Unprocessable Entity',
    status: 422,
    detail: 'The body is not valid: /url is required',
    code: 'invalid_input',
    instance: 'urn:uuid:6b1f0a1e-5a0f-4a53-9c0e-0d5b7f6f2a11',
    errors: [{ pointer: '/url', message: 'is required' }],
  },
  Connector: {
    id: connectorId,
    storeId: 'store_1',
    name: 'Shippo',
    status: 'ready',
    template: { slug: 'shippo', version: '1.0.0' },
    category: 'shipping',
    authType: 'apiKey',
    settings: {},
    endpoints: {},
    mappings: {},
    hooks: [{ name: 'get_rates', description: 'Rates for a shipment', on: [], deadlineMs: 3_000 }],
    credentials: { set: true, credentialId: 'cred_06e8rk2m4p7q9s1t3v5x7z9b2d', version: 1 },
    lastTest: {
      ok: true,
      at,
      latencyMs: 184,
      checks: [{ name: 'authentication', ok: true, detail: 'The key is valid' }],
    },
    createdAt: at,
    updatedAt: at,
    revision: 3,
  },
  ConnectorStats: {
    ...stats,
    bySource: { live: 1_150, cache: 51, stale: 3 },
    byErrorClass: { transient: 3 },
    byHook: { get_rates: { total: 1_204, failed: 3 } },
    circuit: 'closed',
    rateLimit: { limit: 60, remaining: 48, perSeconds: 60 },
  },
  CredentialDescription: {
    credentialId: 'cred_06e8rk2m4p7q9s1t3v5x7z9b2d',
    version: 1,
    storedAt: at,
    fields: [{ name: 'apiKey', set: true, last4: '3f7a' }],
  },
  TestResult: { ok: true, latencyMs: 184, checks: [{ name: 'authentication', ok: true, detail: 'The key is valid' }] },
  InvokeResult: {
    connectorId,
    executionId,
    status: 'succeeded',
    source: 'live',
    output: {
      rates: [
        {
          id: 'rate_1',
          carrier: 'USPS',
          service: 'usps_priority',
          serviceName: 'Priority Mail',
          price: { amount: 799, currency: 'USD' },
          estimatedDays: 2,
          attributes: ['cheapest'],
        },
      ],
      messages: [],
    },
  },
  ExecutionSummary: {
    id: executionId,
    connectorId,
    hook: 'get_rates',
    trigger: 'invoke',
    status: 'failed',
    source: 'live',
    error,
    startedAt: at,
    durationMs: 1_240,
  },
  OAuthConnection: {
    connectorId,
    status: 'connected',
    scopes: ['contacts.read'],
    missingScopes: [],
    expiresAt: '2026-11-24T10:30:00.000Z',
    lastRefreshAt: at,
    grantEndsAt: null,
  },
  KeyringDescription: {
    keys: [
      { id: 'key_1', state: 'decrypt-only', inUse: 312 },
      { id: 'key_2', state: 'primary', inUse: 1_688 },
    ],
    rewrap: { running: true, remaining: 312 },
  },
  WebhookEndpoint: {
    id: endpointId,
    storeId: 'store_1',
    status: 'enabled',
    url: 'https://example.com/webhooks',
    eventTypes: ['order.created', 'order.fulfilled'],
    createdAt: at,
    updatedAt: at,
    revision: 1,
  },
  DeliverySummary: deliverySummary,
  Delivery: {
    ...deliverySummary,
    requestBody: '{"type":"order.created","timestamp":"2026-11-24T09:30:00.000Z","storeId":"store_1","data":{}}',
    attemptLog: [
      {
        attempt: 1,
        trigger: 'event',
        at,
        outcome: 'failed',
        status: 500,
        requestHeaders: { 'webhook-id': messageId, 'webhook-timestamp': '1795512600' },
        responseHeaders: { 'content-type': 'text/plain' },
        responseBody: 'Internal Server Error',
        timings: { dns: 1, connect: 12, tls: 24, firstByte: 80, total: 118 },
        error: { code: 'http_500', message: 'The receiver answered 500' },
      },
    ],
  },
  EndpointStats: { ...stats, backlog: { size: 12, oldestAgeMs: 4_200 }, circuit: 'closed' },
  RejectedEvent: {
    at,
    subject: 'store.store_1.order.created',
    eventId: 'evt_2',
    code: 'invalid_data',
    reason: '/data/id is required',
    body: '{"specversion":"1.0","id":"evt_2","type":"order.created","data":{}}',
  },
  SignIn: {
    signInUrl: '/auth/login',
    signOutUrl: 'https://id.example.com/session/end?client_id=cartly-console',
  },
  Session: { actor: 'user:ada', stores: ['store_1'], scopes: ['integrations:read'], expiresAt: at },
}
