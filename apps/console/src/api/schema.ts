/* Written by scripts/api-types.ts from the gateway's OpenAPI document; not to be edited. */
export type paths = {
  '/auth': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** Read how people sign in to the console */
    get: operations['getSignIn']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/auth/callback': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Where the identity provider sends the browser back to
     * @description Sets the session cookie, or answers with a page for the person who came.
     */
    get: operations['endSignIn']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/auth/login': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Begin to sign in at the identity provider
     * @description OpenID Connect, authorization code with PKCE; a cookie ties it to this browser for ten minutes.
     */
    get: operations['beginSignIn']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/oauth/callback/{connectionKey}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Where a service sends the browser back to
     * @description Each connection has an address of its own. Answers with a page for the person who came.
     */
    get: operations['oauthCallback']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/session': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** Read who is signed in, and what they may do */
    get: operations['getSession']
    put?: never
    /**
     * Trade the bearer token for a session cookie
     * @description With the cookie, changes must come from the same origin and carry the header `x-cartly-console`, of any value.
     */
    post: operations['signIn']
    /** End the session */
    delete: operations['signOut']
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/event-types': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** List what webhooks and hooks can listen to */
    get: operations['listEventTypes']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/event-types/{type}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** Read one event type */
    get: operations['getEventType']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/keyring': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Read the keys that wrap data keys, and how far a rotation is
     * @description Never a key itself. `inUse` counts the data keys that a key wraps; at 0 it can be destroyed.
     */
    get: operations['getKeyring']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/keyring/keys': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Make a new key
     * @description It wraps nothing until it is promoted. A keyring that is kept elsewhere is changed there: 409.
     */
    post: operations['addKey']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/keyring/keys/{keyId}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    post?: never
    /**
     * Destroy a key that wraps nothing any more
     * @description While it wraps anything, and while it is the primary one: 409.
     */
    delete: operations['destroyKey']
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/keyring/keys/{keyId}/promote': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Let a key wrap what is stored from now on
     * @description The one before still opens what it has wrapped.
     */
    post: operations['promoteKey']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/keyring/rewrap': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Wrap every data key under the primary key
     * @description It goes on in the background; `GET /v1/keyring` says how many remain.
     */
    post: operations['rewrapKeys']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/mappings/preview': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Try a mapping on an input
     * @description Backwards too, where each rule can be read so. A mapping that fails is an answer: `error` says where, from `/mappings/<name>` on in a named one.
     */
    post: operations['previewMapping']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/stores/{storeId}/connectors': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** List a store's connectors */
    get: operations['listConnectors']
    put?: never
    /**
     * Install a connector
     * @description From a template of the catalogue (`template`), or from a definition of your own (`definition`).
     */
    post: operations['installConnector']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/stores/{storeId}/connectors/{connectorId}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** Read a connector, as it is or as it was */
    get: operations['getConnector']
    put?: never
    post?: never
    /** Remove a connector and destroy its credentials */
    delete: operations['removeConnector']
    options?: never
    head?: never
    /**
     * Change a connector
     * @description What is left out stays as it is. The connector must pass its test again before it can be activated.
     */
    patch: operations['configureConnector']
    trace?: never
  }
  '/v1/stores/{storeId}/connectors/{connectorId}/activate': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Activate a connector
     * @description Needs credentials, and a test passed since the last change.
     */
    post: operations['activateConnector']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/stores/{storeId}/connectors/{connectorId}/credentials': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Read which credentials are stored
     * @description Which fields are set, their last four characters, the version and when; never a secret. 404 while there are none.
     */
    get: operations['getCredentials']
    /**
     * Store a connector's credentials
     * @description The field names are the template's (`credentialFields`). What is stored can be replaced and deleted, never read.
     */
    put: operations['putCredentials']
    post?: never
    /**
     * Destroy a connector's credentials
     * @description Their key is destroyed: no backup or replay brings them back.
     */
    delete: operations['deleteCredentials']
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/stores/{storeId}/connectors/{connectorId}/deactivate': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /** Deactivate a connector */
    post: operations['deactivateConnector']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/stores/{storeId}/connectors/{connectorId}/executions': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** List the runs of a connector, newest first */
    get: operations['listConnectorExecutions']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/stores/{storeId}/connectors/{connectorId}/history': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** List what happened to a connector: who, when, what changed */
    get: operations['listConnectorHistory']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/stores/{storeId}/connectors/{connectorId}/hooks/{hook}/invoke': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Run a hook
     * @description Answers within `deadlineMs`, whatever the service does. A failed run is an answer, not an error: look at `status`.
     */
    post: operations['invokeHook']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/stores/{storeId}/connectors/{connectorId}/hooks/{hook}/preview': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /** Show what a hook would send, without sending it */
    post: operations['previewHook']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/stores/{storeId}/connectors/{connectorId}/oauth': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** Read the state of the authorization */
    get: operations['getOAuthConnection']
    put?: never
    post?: never
    /** Give the authorization back */
    delete: operations['revokeOAuthConnection']
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/stores/{storeId}/connectors/{connectorId}/oauth/authorize': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Begin an authorization
     * @description Sets a cookie that ties the callback to this browser: call it from the browser that will follow `authorizationUrl`. Each call begins another one, so `Idempotency-Key` does not apply.
     */
    post: operations['authorizeConnector']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/stores/{storeId}/connectors/{connectorId}/oauth/connect': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Fetch the first token of a client-credentials connector
     * @description For a service that needs no browser; one that does is begun with `authorize`.
     */
    post: operations['connectOAuth']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/stores/{storeId}/connectors/{connectorId}/oauth/refresh': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /** Refresh the access token now */
    post: operations['refreshOAuthConnection']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/stores/{storeId}/connectors/{connectorId}/rollback': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /** Undo the last upgrade */
    post: operations['rollbackConnector']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/stores/{storeId}/connectors/{connectorId}/stats': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** Read success rates and response times of a connector */
    get: operations['getConnectorStats']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/stores/{storeId}/connectors/{connectorId}/test': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Test the connection to the service
     * @description A failed test is an answer, not an error: look at `ok` and `checks`.
     */
    post: operations['testConnector']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/stores/{storeId}/connectors/{connectorId}/upgrade': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Move a connector to another version of its template
     * @description Answers with what differs; with `dryRun`, that is all it does.
     */
    post: operations['upgradeConnector']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/stores/{storeId}/deliveries': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** List the deliveries to all endpoints of a store, newest first */
    get: operations['listDeliveries']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/stores/{storeId}/deliveries/{deliveryId}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** Read a delivery, attempt by attempt */
    get: operations['getDelivery']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/stores/{storeId}/deliveries/{deliveryId}/retry': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /** Try a delivery now */
    post: operations['retryDelivery']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/stores/{storeId}/executions': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** List the runs of all connectors of a store, newest first */
    get: operations['listExecutions']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/stores/{storeId}/executions/{executionId}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Read a run, step by step
     * @description Each step with its requests and answers (secrets redacted), times, attempts, and mapping in and out.
     */
    get: operations['getExecution']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/stores/{storeId}/executions/{executionId}/replay': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /** Run it again with the same input */
    post: operations['replayExecution']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/stores/{storeId}/live': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Watch a store as things happen
     * @description Server-sent events: `execution`, `delivery`, `connector`, `oauth`, `webhook`, `webhook.disabled`, `rejected_event`, each as far as the token's scopes allow to see it; the first is `ready`. A reader too slow to follow is told by `missed` how many it did not get. Nothing is kept for those who were away: read the lists.
     */
    get: operations['watchStore']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/stores/{storeId}/rejected-events': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** List store events that did not fit their schema */
    get: operations['listRejectedEvents']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/stores/{storeId}/webhooks': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** List a store's webhook endpoints */
    get: operations['listWebhooks']
    put?: never
    /**
     * Create a webhook endpoint
     * @description The answer holds the signing secret; keep it, this is how the receiver knows that we sent it. The values of `headers` are secrets too: they read back as `[redacted]`.
     */
    post: operations['createWebhook']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/stores/{storeId}/webhooks/{endpointId}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** Read a webhook endpoint */
    get: operations['getWebhook']
    put?: never
    post?: never
    /** Delete a webhook endpoint and destroy its secret */
    delete: operations['deleteWebhook']
    options?: never
    head?: never
    /**
     * Change a webhook endpoint
     * @description What is left out stays as it is; `null` takes a setting back to its default. `headers` are replaced as a whole; a value sent as `[redacted]` stays what it was.
     */
    patch: operations['updateWebhook']
    trace?: never
  }
  '/v1/stores/{storeId}/webhooks/{endpointId}/deliveries': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** List the deliveries to an endpoint, newest first */
    get: operations['listWebhookDeliveries']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/stores/{storeId}/webhooks/{endpointId}/disable': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Stop sending to the endpoint
     * @description What happens meanwhile stays recoverable.
     */
    post: operations['disableWebhook']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/stores/{storeId}/webhooks/{endpointId}/enable': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /** Send to the endpoint again */
    post: operations['enableWebhook']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/stores/{storeId}/webhooks/{endpointId}/recover': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /** Send again what was not delivered */
    post: operations['recoverWebhook']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/stores/{storeId}/webhooks/{endpointId}/recoveries/{recoveryId}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** Read how far a recovery is */
    get: operations['getRecovery']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    /** Pause, resume or cancel a recovery */
    patch: operations['controlRecovery']
    trace?: never
  }
  '/v1/stores/{storeId}/webhooks/{endpointId}/rotate-secret': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Replace the signing secret
     * @description Until `overlapUntil` every request is signed with both, so that no receiver has to change at the second.
     */
    post: operations['rotateWebhookSecret']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/stores/{storeId}/webhooks/{endpointId}/secret': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Read the signing secret
     * @description It is recorded who asked.
     */
    get: operations['getWebhookSecret']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/stores/{storeId}/webhooks/{endpointId}/stats': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** Read success rates, response times and backlog of an endpoint */
    get: operations['getWebhookStats']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/stores/{storeId}/webhooks/{endpointId}/test': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Send an example event now
     * @description A failed delivery is an answer, not an error: look at `status` and `attemptLog`.
     */
    post: operations['testWebhook']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/templates': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** List the services that a store can connect */
    get: operations['listTemplates']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/templates/{slug}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** Read the newest version of a template */
    get: operations['getTemplate']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/v1/templates/{slug}/versions/{version}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** Read one version of a template */
    get: operations['getTemplateVersion']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
}
export type webhooks = Record<string, never>
export type components = {
  schemas: {
    Address: {
      city: string
      company?: string
      /** @description ISO 3166-1 alpha-2 */
      country: string
      email?: string
      name?: string
      phone?: string
      postalCode?: string
      residential?: boolean
      /** @description State, province or region */
      state?: string
      street1: string
      street2?: string
    }
    Authorization: {
      /** @description Send the browser there: the service's own page of consent */
      authorizationUrl: string
      /** Format: date-time */
      expiresAt: string
    }
    /**
     * @example {
     *       "id": "conn_06e8rk2m4p7q9s1t3v5x7z9b2d",
     *       "storeId": "store_1",
     *       "name": "Shippo",
     *       "status": "ready",
     *       "template": {
     *         "slug": "shippo",
     *         "version": "1.0.0"
     *       },
     *       "category": "shipping",
     *       "authType": "apiKey",
     *       "settings": {},
     *       "endpoints": {},
     *       "mappings": {},
     *       "hooks": [
     *         {
     *           "name": "get_rates",
     *           "description": "Rates for a shipment",
     *           "on": [],
     *           "deadlineMs": 3000
     *         }
     *       ],
     *       "credentials": {
     *         "set": true,
     *         "credentialId": "cred_06e8rk2m4p7q9s1t3v5x7z9b2d",
     *         "version": 1
     *       },
     *       "lastTest": {
     *         "ok": true,
     *         "at": "2026-11-24T09:30:00.000Z",
     *         "latencyMs": 184,
     *         "checks": [
     *           {
     *             "name": "authentication",
     *             "ok": true,
     *             "detail": "The key is valid"
     *           }
     *         ]
     *       },
     *       "createdAt": "2026-11-24T09:30:00.000Z",
     *       "updatedAt": "2026-11-24T09:30:00.000Z",
     *       "revision": 3
     *     }
     */
    Connector: {
      authType: string
      category?: string
      /** Format: date-time */
      createdAt: string
      credentials: {
        /** @description Id of a credential */
        credentialId?: string
        set: boolean
        version?: number
      }
      /** @description Of a custom connector */
      definition?: unknown
      endpoints: {
        /** Format: uri */
        baseUrl?: string
      }
      health?: {
        failed: number
        /** @description Those in which something happened, the oldest first */
        hours: {
          /** Format: date-time */
          at: string
          failed: number
          total: number
        }[]
        /** @description Of an execution, or of a delivery that was given up */
        lastFailure?: {
          /** Format: date-time */
          at: string
          id: string
        }
        p95Ms: number | null
        /** @description 0 to 1; null when there was nothing */
        successRate: number | null
        total: number
      }
      hooks: {
        deadlineMs: number
        description: string
        input?: unknown
        name: string
        /** @description Store events that run it */
        on: string[]
        output?: unknown
      }[]
      /** @description Id of a connector */
      id: string
      lastTest?: {
        /** Format: date-time */
        at: string
        checks: {
          detail: string
          name: string
          ok: boolean
        }[]
        error?: {
          code: string
          message: string
        }
        latencyMs: number
        ok: boolean
      }
      mappings: {
        [key: string]: unknown
      }
      name: string
      oauth?: {
        scopesGranted: string[]
        scopesMissing: string[]
      }
      revision: number
      settings: {
        [key: string]: unknown
      }
      /** @enum {unknown} */
      status: 'installed' | 'ready' | 'active' | 'inactive' | 'needs_attention' | 'removed'
      statusReason?: {
        code: string
        message: string
      }
      storeId: string
      template: {
        slug: string
        version: string
      } | null
      /** Format: date-time */
      updatedAt: string
    }
    /**
     * @example {
     *       "window": "24h",
     *       "total": 1204,
     *       "succeeded": 1201,
     *       "failed": 3,
     *       "successRate": 0.9975,
     *       "latencyMs": {
     *         "p50": 212,
     *         "p95": 480,
     *         "p99": 910
     *       },
     *       "series": [
     *         {
     *           "at": "2026-11-24T09:30:00.000Z",
     *           "total": 51,
     *           "failed": 0,
     *           "p50": 205,
     *           "p95": 460
     *         }
     *       ],
     *       "bySource": {
     *         "live": 1150,
     *         "cache": 51,
     *         "stale": 3
     *       },
     *       "byErrorClass": {
     *         "transient": 3
     *       },
     *       "byHook": {
     *         "get_rates": {
     *           "total": 1204,
     *           "failed": 3
     *         }
     *       },
     *       "circuit": "closed",
     *       "rateLimit": {
     *         "limit": 60,
     *         "remaining": 48,
     *         "perSeconds": 60
     *       }
     *     }
     */
    ConnectorStats: components['schemas']['Stats'] & {
      byErrorClass: {
        [key: string]: number
      }
      byHook: {
        [key: string]: {
          failed: number
          total: number
        }
      }
      bySource: {
        [key: string]: number
      }
    } & {
      circuit?: 'closed' | 'half_open' | 'open'
      rateLimit?: {
        limit: number
        perSeconds: number
        remaining: number
      }
      /** Format: date-time */
      retryAt?: string
    }
    /**
     * @example {
     *       "credentialId": "cred_06e8rk2m4p7q9s1t3v5x7z9b2d",
     *       "version": 1,
     *       "storedAt": "2026-11-24T09:30:00.000Z",
     *       "fields": [
     *         {
     *           "name": "apiKey",
     *           "set": true,
     *           "last4": "3f7a"
     *         }
     *       ]
     *     }
     */
    CredentialDescription: {
      /** @description Id of a credential */
      credentialId: string
      /** Format: date-time */
      expiresAt?: string
      fields: {
        last4: string
        name: string
        set: boolean
      }[]
      /** Format: date-time */
      storedAt: string
      version: number
    }
    /**
     * @example {
     *       "id": "dlv_06e8rk2m4p7q9s1t3v5x7z9b2d",
     *       "endpointId": "whk_06e8rk2m4p7q9s1t3v5x7z9b2d",
     *       "messageId": "msg_06e8rk2m4p7q9s1t3v5x7z9b2d",
     *       "eventId": "evt_1",
     *       "eventType": "order.created",
     *       "status": "retrying",
     *       "attempts": 1,
     *       "createdAt": "2026-11-24T09:30:00.000Z",
     *       "lastAttemptAt": "2026-11-24T09:30:00.000Z",
     *       "nextAttemptAt": "2026-11-24T09:30:05.000Z",
     *       "lastStatus": 500,
     *       "error": {
     *         "code": "http_500",
     *         "message": "The receiver answered 500"
     *       },
     *       "requestBody": "{\"type\":\"order.created\",\"timestamp\":\"2026-11-24T09:30:00.000Z\",\"storeId\":\"store_1\",\"data\":{}}",
     *       "attemptLog": [
     *         {
     *           "attempt": 1,
     *           "trigger": "event",
     *           "at": "2026-11-24T09:30:00.000Z",
     *           "outcome": "failed",
     *           "status": 500,
     *           "requestHeaders": {
     *             "webhook-id": "msg_06e8rk2m4p7q9s1t3v5x7z9b2d",
     *             "webhook-timestamp": "1795512600"
     *           },
     *           "responseHeaders": {
     *             "content-type": "text/plain"
     *           },
     *           "responseBody": "Internal Server Error",
     *           "timings": {
     *             "dns": 1,
     *             "connect": 12,
     *             "tls": 24,
     *             "firstByte": 80,
     *             "total": 118
     *           },
     *           "error": {
     *             "code": "http_500",
     *             "message": "The receiver answered 500"
     *           }
     *         }
     *       ]
     *     }
     */
    Delivery: components['schemas']['DeliverySummary'] & {
      attemptLog: {
        /** Format: date-time */
        at: string
        attempt: number
        error?: {
          code: string
          message: string
        }
        outcome: 'succeeded' | 'failed'
        requestHeaders: {
          [key: string]: string
        }
        responseBody?: string
        responseHeaders?: {
          [key: string]: string
        }
        status?: number
        timings: {
          connect: number
          dns: number
          firstByte: number
          tls: number
          total: number
        }
        trigger: string
      }[]
      /** @description What was sent, while the event is kept */
      requestBody?: string
    }
    /**
     * @example {
     *       "id": "dlv_06e8rk2m4p7q9s1t3v5x7z9b2d",
     *       "endpointId": "whk_06e8rk2m4p7q9s1t3v5x7z9b2d",
     *       "messageId": "msg_06e8rk2m4p7q9s1t3v5x7z9b2d",
     *       "eventId": "evt_1",
     *       "eventType": "order.created",
     *       "status": "retrying",
     *       "attempts": 1,
     *       "createdAt": "2026-11-24T09:30:00.000Z",
     *       "lastAttemptAt": "2026-11-24T09:30:00.000Z",
     *       "nextAttemptAt": "2026-11-24T09:30:05.000Z",
     *       "lastStatus": 500,
     *       "error": {
     *         "code": "http_500",
     *         "message": "The receiver answered 500"
     *       }
     *     }
     */
    DeliverySummary: {
      attempts: number
      /** Format: date-time */
      createdAt: string
      /** @description Id of a webhook endpoint */
      endpointId: string
      error?: {
        code: string
        message: string
      }
      eventId: string
      eventType: string
      /** @description Id of a delivery */
      id: string
      /** Format: date-time */
      lastAttemptAt?: string
      lastStatus?: number
      /** @description Id of a webhook message */
      messageId: string
      /** Format: date-time */
      nextAttemptAt?: string
      /** @enum {unknown} */
      status: 'pending' | 'succeeded' | 'failed' | 'retrying' | 'parked'
    }
    EndpointFilter: {
      [key: string]: {
        contains?: string | number
        equals?: string | number | boolean | null
        exists?: boolean
        gt?: number
        gte?: number
        in?: (string | number | boolean)[]
        lt?: number
        lte?: number
        not?: string | number | boolean | null
        startsWith?: string
      }
    }
    EndpointSettings: {
      description?: string
      eventTypes: string[]
      filter?: {
        [key: string]: {
          contains?: string | number
          equals?: string | number | boolean | null
          exists?: boolean
          gt?: number
          gte?: number
          in?: (string | number | boolean)[]
          lt?: number
          lte?: number
          not?: string | number | boolean | null
          startsWith?: string
        }
      }
      format?: 'standard' | 'cloudevents'
      headers?: {
        [key: string]: string
      }
      mapping?: unknown
      orderFailure?: 'block' | 'park'
      ordering?: 'none' | 'entity'
      rateLimitPerSecond?: number
      /** @description Seconds to wait before each retry, after the attempt that is made at once; [5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400] when absent */
      retrySchedule?: number[]
      signature?: 'v1' | 'v1a'
      /** @description How long an attempt may take; 15,000 when absent */
      timeoutMs?: number
      url: string
    }
    EndpointSettingsChange: {
      description?: string | null
      eventTypes?: string[]
      filter?: {
        [key: string]: {
          contains?: string | number
          equals?: string | number | boolean | null
          exists?: boolean
          gt?: number
          gte?: number
          in?: (string | number | boolean)[]
          lt?: number
          lte?: number
          not?: string | number | boolean | null
          startsWith?: string
        }
      } | null
      format?: ('standard' | 'cloudevents') | null
      headers?: {
        [key: string]: string
      } | null
      mapping?: unknown | null
      orderFailure?: ('block' | 'park') | null
      ordering?: ('none' | 'entity') | null
      rateLimitPerSecond?: number | null
      retrySchedule?: number[] | null
      signature?: ('v1' | 'v1a') | null
      timeoutMs?: number | null
      url?: string
    }
    /**
     * @example {
     *       "window": "24h",
     *       "total": 1204,
     *       "succeeded": 1201,
     *       "failed": 3,
     *       "successRate": 0.9975,
     *       "latencyMs": {
     *         "p50": 212,
     *         "p95": 480,
     *         "p99": 910
     *       },
     *       "series": [
     *         {
     *           "at": "2026-11-24T09:30:00.000Z",
     *           "total": 51,
     *           "failed": 0,
     *           "p50": 205,
     *           "p95": 460
     *         }
     *       ],
     *       "backlog": {
     *         "size": 12,
     *         "oldestAgeMs": 4200
     *       },
     *       "circuit": "closed"
     *     }
     */
    EndpointStats: components['schemas']['Stats'] & {
      backlog: {
        oldestAgeMs: number | null
        size: number
      }
      circuit: 'closed' | 'half_open' | 'open'
    }
    EventType: {
      description: string
      /** @description A whole CloudEvent */
      example: unknown
      /** @description JSON Schema 2020-12 of the whole CloudEvent */
      schema: unknown
      /** @description Such as `order.created` */
      type: string
      version: number
    }
    Execution: {
      /** @description Id of an execution */
      id: string
    } & components['schemas']['ExecutionRecorded']
    ExecutionError: {
      /** @enum {unknown} */
      class: 'transient' | 'configuration' | 'permanent' | 'unknown'
      code: string
      message: string
    }
    ExecutionRecorded: {
      /** @description Id of a connector */
      connectorId: string
      connectorRevision: number
      deadlineMs: number
      durationMs: number
      error?: {
        /** @enum {unknown} */
        class: 'transient' | 'configuration' | 'permanent' | 'unknown'
        code: string
        message: string
      }
      eventId?: string
      /** @description Id of an execution */
      executionId: string
      hook: string
      input: {
        content: unknown
        truncated: boolean
      }
      output?: {
        content: unknown
        truncated: boolean
      }
      /** @description Id of an execution */
      replayOf?: string
      /** @enum {unknown} */
      source: 'live' | 'cache' | 'stale' | 'backup'
      /** Format: date-time */
      startedAt: string
      status: 'succeeded' | 'failed'
      steps: components['schemas']['StepRecord'][]
      /** @description Id of a store, as the store platform names it */
      storeId: string
      templateVersion: string | null
      traceId?: string
      /** @enum {unknown} */
      trigger: 'invoke' | 'event' | 'test' | 'replay'
    }
    /**
     * @example {
     *       "id": "exec_06e8rk2m4p7q9s1t3v5x7z9b2d",
     *       "connectorId": "conn_06e8rk2m4p7q9s1t3v5x7z9b2d",
     *       "hook": "get_rates",
     *       "trigger": "invoke",
     *       "status": "failed",
     *       "source": "live",
     *       "error": {
     *         "class": "transient",
     *         "code": "http_503",
     *         "message": "Shippo is not available at the moment; it is tried again by itself"
     *       },
     *       "startedAt": "2026-11-24T09:30:00.000Z",
     *       "durationMs": 1240
     *     }
     */
    ExecutionSummary: {
      /** @description Id of a connector */
      connectorId: string
      durationMs: number
      error?: {
        /** @enum {unknown} */
        class: 'transient' | 'configuration' | 'permanent' | 'unknown'
        code: string
        message: string
      }
      eventId?: string
      hook: string
      /** @description Id of an execution */
      id: string
      /** @enum {unknown} */
      source: 'live' | 'cache' | 'stale' | 'backup'
      /** Format: date-time */
      startedAt: string
      status: 'succeeded' | 'failed'
      trigger: string
    }
    HistoryEntry: {
      actor: string
      /** Format: date-time */
      at: string
      data: unknown
      revision: number
      type: string
    }
    /**
     * @example {
     *       "connectorId": "conn_06e8rk2m4p7q9s1t3v5x7z9b2d",
     *       "executionId": "exec_06e8rk2m4p7q9s1t3v5x7z9b2d",
     *       "status": "succeeded",
     *       "source": "live",
     *       "output": {
     *         "rates": [
     *           {
     *             "id": "rate_1",
     *             "carrier": "USPS",
     *             "service": "usps_priority",
     *             "serviceName": "Priority Mail",
     *             "price": {
     *               "amount": 799,
     *               "currency": "USD"
     *             },
     *             "estimatedDays": 2,
     *             "attributes": [
     *               "cheapest"
     *             ]
     *           }
     *         ],
     *         "messages": []
     *       }
     *     }
     */
    InvokeResult: {
      /** @description Id of a connector */
      connectorId: string
      error?: {
        /** @enum {unknown} */
        class: 'transient' | 'configuration' | 'permanent' | 'unknown'
        code: string
        message: string
      }
      /** @description Id of an execution */
      executionId: string
      output?: unknown
      /** @enum {unknown} */
      source: 'live' | 'cache' | 'stale' | 'backup'
      status: 'succeeded' | 'failed'
    }
    /**
     * @example {
     *       "keys": [
     *         {
     *           "id": "key_1",
     *           "state": "decrypt-only",
     *           "inUse": 312
     *         },
     *         {
     *           "id": "key_2",
     *           "state": "primary",
     *           "inUse": 1688
     *         }
     *       ],
     *       "rewrap": {
     *         "running": true,
     *         "remaining": 312
     *       }
     *     }
     */
    KeyringDescription: {
      keys: {
        id: string
        inUse: number
        state: 'pending' | 'primary' | 'decrypt-only' | 'destroyed'
      }[]
      rewrap: {
        remaining: number
        running: boolean
      }
    }
    LiveChange: {
      actor: string
      /** Format: date-time */
      at: string
      /** @description What happened, such as `ConnectorActivated` */
      changes: string[]
      /** @description Of the connector or endpoint */
      id: string
      revision: number
    }
    LiveDelivery: {
      /** Format: date-time */
      at: string
      attempt: number
      /** @description Id of a delivery */
      deliveryId: string
      durationMs: number
      /** @description Id of a webhook endpoint */
      endpointId: string
      error?: {
        code: string
        message: string
      }
      eventId: string
      eventType: string
      /** @description Id of a webhook message */
      messageId: string
      /** Format: date-time */
      nextAttemptAt?: string
      outcome: 'succeeded' | 'failed'
      status?: number
      trigger: string
    }
    LiveDisabled: {
      /** Format: date-time */
      at: string
      cause: string
      /** @description Id of a webhook endpoint */
      endpointId: string
      reason: string
    }
    Money: {
      /** @description In minor units of the currency */
      amount: number
      /** @description ISO 4217 */
      currency: string
    }
    /**
     * @example {
     *       "connectorId": "conn_06e8rk2m4p7q9s1t3v5x7z9b2d",
     *       "status": "connected",
     *       "scopes": [
     *         "contacts.read"
     *       ],
     *       "missingScopes": [],
     *       "expiresAt": "2026-11-24T10:30:00.000Z",
     *       "lastRefreshAt": "2026-11-24T09:30:00.000Z",
     *       "grantEndsAt": null
     *     }
     */
    OAuthConnection: {
      /** @description Id of a connector */
      connectorId: string
      expiresAt: string | null
      grantEndsAt: string | null
      lastRefreshAt: string | null
      missingScopes: string[]
      reason?: string
      scopes: string[]
      status: 'connected' | 'access_lost' | 'revoked' | 'none'
    }
    /**
     * @example {
     *       "type": "urn:cartly:problem:invalid_input",
     *       "title": "Unprocessable Entity",
     *       "status": 422,
     *       "detail": "The body is not valid: /url is required",
     *       "code": "invalid_input",
     *       "instance": "urn:uuid:6b1f0a1e-5a0f-4a53-9c0e-0d5b7f6f2a11",
     *       "errors": [
     *         {
     *           "pointer": "/url",
     *           "message": "is required"
     *         }
     *       ]
     *     }
     */
    Problem: {
      /** @description What was wrong, for programs; stable */
      code: string
      /** @description What was wrong, for people */
      detail: string
      /** @description Each place that is wrong: a JSON Pointer into the body, or `/query/<name>`, or `/header/<name>` */
      errors?: {
        message: string
        pointer: string
      }[]
      /** @description `urn:uuid:<request id>`, also in the logs */
      instance?: string
      status: number
      /** @description The phrase of the status */
      title: string
      /** @description `urn:cartly:problem:<code>` */
      type: string
    }
    Recovery: {
      /** @description Id of a webhook endpoint */
      endpointId: string
      /** Format: date-time */
      finishedAt?: string
      /** @description Id of a recovery job */
      id: string
      recovered: number
      /** Format: date-time */
      since: string
      /** Format: date-time */
      startedAt: string
      status: 'running' | 'paused' | 'done' | 'cancelled' | 'failed' | 'dry_run'
      total: number
      /** Format: date-time */
      until: string
    }
    /**
     * @example {
     *       "at": "2026-11-24T09:30:00.000Z",
     *       "subject": "store.store_1.order.created",
     *       "eventId": "evt_2",
     *       "code": "invalid_data",
     *       "reason": "/data/id is required",
     *       "body": "{\"specversion\":\"1.0\",\"id\":\"evt_2\",\"type\":\"order.created\",\"data\":{}}"
     *     }
     */
    RejectedEvent: {
      /** Format: date-time */
      at: string
      body: string
      code: string
      eventId?: string
      reason: string
      subject: string
    }
    /**
     * @example {
     *       "actor": "user:ada",
     *       "stores": [
     *         "store_1"
     *       ],
     *       "scopes": [
     *         "integrations:read"
     *       ],
     *       "expiresAt": "2026-11-24T09:30:00.000Z"
     *     }
     */
    Session: {
      actor: string
      /** Format: date-time */
      expiresAt: string
      scopes: string[]
      stores: string[] | '*'
    }
    /**
     * @example {
     *       "signInUrl": "/auth/login",
     *       "signOutUrl": "https://id.example.com/session/end?client_id=cartly-console"
     *     }
     */
    SignIn: {
      /** @description Send the browser there; absent when only sign-in links work */
      signInUrl?: string
      /** @description Ends the session at the identity provider; the session here ends by `DELETE /session` */
      signOutUrl?: string
    }
    Stats: {
      failed: number
      latencyMs: {
        p50: number | null
        p95: number | null
        p99: number | null
      }
      series: {
        /** Format: date-time */
        at: string
        failed: number
        p50: number | null
        p95: number | null
        total: number
      }[]
      succeeded: number
      /** @description 0 to 1; null when there was nothing */
      successRate: number | null
      total: number
      window: '1h' | '24h' | '7d' | '30d'
    }
    StepRecord: {
      attempts: {
        attempt: number
        durationMs: number
        error?: {
          /** @enum {unknown} */
          class: 'transient' | 'configuration' | 'permanent' | 'unknown'
          code: string
          message: string
        }
        index?: number
        request: {
          body?: {
            content: unknown
            truncated: boolean
          }
          headers: {
            [key: string]: string
          }
          method: string
          url: string
        }
        response?: {
          body?: {
            content: unknown
            truncated: boolean
          }
          headers: {
            [key: string]: string
          }
          status: number
        }
        /** Format: date-time */
        startedAt: string
      }[]
      durationMs: number
      error?: {
        /** @enum {unknown} */
        class: 'transient' | 'configuration' | 'permanent' | 'unknown'
        code: string
        message: string
      }
      id: string
      input?: {
        content: unknown
        truncated: boolean
      }
      offsetMs: number
      output?: {
        content: unknown
        truncated: boolean
      }
      status: 'succeeded' | 'failed' | 'skipped'
    }
    TemplateDetail: {
      auth: unknown
      baseUrl: string
      category: string
      credentialFields: {
        help?: string
        helpUrl?: string
        label: string
        name: string
        pattern?: string
        required: boolean
        secret: boolean
      }[]
      description: string
      docsUrl: string
      hooks: {
        deadlineMs: number
        description: string
        input?: unknown
        name: string
        /** @description Store events that run it */
        on: string[]
        output?: unknown
      }[]
      icon?: string
      mappings: {
        [key: string]: unknown
      }
      name: string
      provenance?: unknown
      rateLimits?: unknown
      samples?: unknown
      /** @description JSON Schema of the settings */
      settings: unknown
      slug: string
      testConnection: unknown
      version: string
      versions: string[]
    }
    TemplateSummary: {
      authType: string
      category: string
      description: string
      docsUrl: string
      hooks: string[]
      /** @description SVG */
      icon?: string
      name: string
      slug: string
      version: string
    }
    /**
     * @example {
     *       "ok": true,
     *       "latencyMs": 184,
     *       "checks": [
     *         {
     *           "name": "authentication",
     *           "ok": true,
     *           "detail": "The key is valid"
     *         }
     *       ]
     *     }
     */
    TestResult: {
      checks: {
        detail: string
        name: string
        ok: boolean
      }[]
      error?: {
        code: string
        message: string
      }
      latencyMs: number
      ok: boolean
    }
    UpgradeDiff: {
      from: string
      hooks: {
        change: string
        name: string
      }[]
      mappings: {
        change: string
        name: string
        overridden: boolean
      }[]
      settings: {
        after?: unknown
        before?: unknown
        change: string
        pointer: string
      }[]
      to: string
    }
    /**
     * @example {
     *       "id": "whk_06e8rk2m4p7q9s1t3v5x7z9b2d",
     *       "storeId": "store_1",
     *       "status": "enabled",
     *       "url": "https://example.com/webhooks",
     *       "eventTypes": [
     *         "order.created",
     *         "order.fulfilled"
     *       ],
     *       "createdAt": "2026-11-24T09:30:00.000Z",
     *       "updatedAt": "2026-11-24T09:30:00.000Z",
     *       "revision": 1
     *     }
     */
    WebhookEndpoint: {
      /** Format: date-time */
      createdAt: string
      description?: string
      disabled?: {
        /** Format: date-time */
        at: string
        cause: string
        reason: string
      }
      eventTypes: string[]
      filter?: {
        [key: string]: {
          contains?: string | number
          equals?: string | number | boolean | null
          exists?: boolean
          gt?: number
          gte?: number
          in?: (string | number | boolean)[]
          lt?: number
          lte?: number
          not?: string | number | boolean | null
          startsWith?: string
        }
      }
      format?: 'standard' | 'cloudevents'
      headers?: {
        [key: string]: '[redacted]'
      }
      health?: {
        failed: number
        /** @description Those in which something happened, the oldest first */
        hours: {
          /** Format: date-time */
          at: string
          failed: number
          total: number
        }[]
        /** @description Of an execution, or of a delivery that was given up */
        lastFailure?: {
          /** Format: date-time */
          at: string
          id: string
        }
        p95Ms: number | null
        /** @description 0 to 1; null when there was nothing */
        successRate: number | null
        total: number
        waiting: number
      }
      /** @description Id of a webhook endpoint */
      id: string
      mapping?: unknown
      orderFailure?: 'block' | 'park'
      ordering?: 'none' | 'entity'
      /** @description To verify v1a signatures with */
      publicKey?: string
      rateLimitPerSecond?: number
      /** @description Seconds to wait before each retry, after the attempt that is made at once; [5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400] when absent */
      retrySchedule?: number[]
      revision: number
      signature?: 'v1' | 'v1a'
      status: 'enabled' | 'disabled'
      storeId: string
      /** @description How long an attempt may take; 15,000 when absent */
      timeoutMs?: number
      /** Format: date-time */
      updatedAt: string
      url: string
    }
  }
  responses: {
    /** @description The body is not JSON */
    BadRequest: {
      headers: {
        [name: string]: unknown
      }
      content: {
        'application/problem+json': components['schemas']['Problem']
      }
    }
    /** @description The present state does not allow it; `detail` says why */
    Conflict: {
      headers: {
        [name: string]: unknown
      }
      content: {
        'application/problem+json': components['schemas']['Problem']
      }
    }
    /** @description The token lacks the scope */
    Forbidden: {
      headers: {
        'WWW-Authenticate': components['headers']['WWW-Authenticate']
        [name: string]: unknown
      }
      content: {
        'application/problem+json': components['schemas']['Problem']
      }
    }
    /** @description A part did not answer in time; a change may have been made all the same */
    GatewayTimeout: {
      headers: {
        [name: string]: unknown
      }
      content: {
        'application/problem+json': components['schemas']['Problem']
      }
    }
    /** @description A defect on our side */
    InternalServerError: {
      headers: {
        [name: string]: unknown
      }
      content: {
        'application/problem+json': components['schemas']['Problem']
      }
    }
    /** @description There is no such thing, or not in a store of yours */
    NotFound: {
      headers: {
        [name: string]: unknown
      }
      content: {
        'application/problem+json': components['schemas']['Problem']
      }
    }
    /** @description The body is larger than 1 MiB */
    PayloadTooLarge: {
      headers: {
        [name: string]: unknown
      }
      content: {
        'application/problem+json': components['schemas']['Problem']
      }
    }
    /** @description `If-Match` is behind */
    PreconditionFailed: {
      headers: {
        [name: string]: unknown
      }
      content: {
        'application/problem+json': components['schemas']['Problem']
      }
    }
    /** @description A part is not there at the moment */
    ServiceUnavailable: {
      headers: {
        'Retry-After': components['headers']['Retry-After']
        [name: string]: unknown
      }
      content: {
        'application/problem+json': components['schemas']['Problem']
      }
    }
    /** @description Too many requests */
    TooManyRequests: {
      headers: {
        'Retry-After': components['headers']['Retry-After']
        [name: string]: unknown
      }
      content: {
        'application/problem+json': components['schemas']['Problem']
      }
    }
    /** @description No token, or not a valid one */
    Unauthorized: {
      headers: {
        'WWW-Authenticate': components['headers']['WWW-Authenticate']
        [name: string]: unknown
      }
      content: {
        'application/problem+json': components['schemas']['Problem']
      }
    }
    /** @description What was sent does not fit; `errors` says where */
    UnprocessableEntity: {
      headers: {
        [name: string]: unknown
      }
      content: {
        'application/problem+json': components['schemas']['Problem']
      }
    }
    /** @description The body is not `application/json` */
    UnsupportedMediaType: {
      headers: {
        [name: string]: unknown
      }
      content: {
        'application/problem+json': components['schemas']['Problem']
      }
    }
  }
  parameters: never
  requestBodies: never
  headers: {
    /**
     * @description The revision, quoted: send it back as `If-Match`
     * @example "3"
     */
    ETag: string
    /** @description `true` on an answer given before to the same `Idempotency-Key` */
    'Idempotent-Replayed': 'true'
    /** @description Of what was made, or where to go */
    Location: string
    /** @description Seconds to wait */
    'Retry-After': number
    /** @description What the token lacks (RFC 6750) */
    'WWW-Authenticate': string
  }
  pathItems: never
}
export type $defs = Record<string, never>
export interface operations {
  getSignIn: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['SignIn']
        }
      }
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
    }
  }
  endSignIn: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description Into the console, signed in */
      302: {
        headers: {
          Location: components['headers']['Location']
          [name: string]: unknown
        }
        content?: never
      }
      /** @description It was not begun here, or is over */
      400: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'text/html': string
        }
      }
      /** @description It was cancelled, or the account has no access */
      403: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'text/html': string
        }
      }
      404: components['responses']['NotFound']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalServerError']
      /** @description The identity provider did not answer as it should */
      502: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'text/html': string
        }
      }
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
    }
  }
  beginSignIn: {
    parameters: {
      query?: {
        /** @description Path in the console to come back to */
        returnTo?: string
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description To the identity provider */
      302: {
        headers: {
          Location: components['headers']['Location']
          [name: string]: unknown
        }
        content?: never
      }
      404: components['responses']['NotFound']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
    }
  }
  oauthCallback: {
    parameters: {
      query?: never
      header?: never
      path: {
        connectionKey: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description It was completed, or declined */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'text/html': string
        }
      }
      /** @description It was used already, or not begun here: in this browser, of this connection */
      400: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'text/html': string
        }
      }
      404: components['responses']['NotFound']
      /** @description It was begun too long ago */
      410: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'text/html': string
        }
      }
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalServerError']
      /** @description The service did not give its answer */
      502: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'text/html': string
        }
      }
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
    }
  }
  getSession: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Session']
        }
      }
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
    }
  }
  signIn: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Session']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      409: components['responses']['Conflict']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
    }
  }
  signOut: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description Done */
      204: {
        headers: {
          [name: string]: unknown
        }
        content?: never
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      409: components['responses']['Conflict']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
    }
  }
  listEventTypes: {
    parameters: {
      query?: {
        /** @description `nextCursor` of the page before */
        cursor?: string
        /** @description How many; 50 when absent */
        limit?: number
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': {
            data: components['schemas']['EventType'][]
            nextCursor: string | null
          }
        }
      }
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
    }
  }
  getEventType: {
    parameters: {
      query?: never
      header?: never
      path: {
        type: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['EventType']
        }
      }
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
    }
  }
  getKeyring: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['KeyringDescription']
        }
      }
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
    }
  }
  addKey: {
    parameters: {
      query?: never
      header?: {
        /** @description Makes it safe to send again, for 24 hours; a UUID serves well */
        'Idempotency-Key'?: string
      }
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description Made */
      201: {
        headers: {
          'Idempotent-Replayed': components['headers']['Idempotent-Replayed']
          Location: components['headers']['Location']
          [name: string]: unknown
        }
        content: {
          'application/json': {
            keyId: string
          }
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      409: components['responses']['Conflict']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
    }
  }
  destroyKey: {
    parameters: {
      query?: never
      header?: never
      path: {
        /** @description As `GET /v1/keyring` names it */
        keyId: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['KeyringDescription']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      409: components['responses']['Conflict']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
    }
  }
  promoteKey: {
    parameters: {
      query?: never
      header?: {
        /** @description Makes it safe to send again, for 24 hours; a UUID serves well */
        'Idempotency-Key'?: string
      }
      path: {
        /** @description As `GET /v1/keyring` names it */
        keyId: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          'Idempotent-Replayed': components['headers']['Idempotent-Replayed']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['KeyringDescription']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      409: components['responses']['Conflict']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
    }
  }
  rewrapKeys: {
    parameters: {
      query?: never
      header?: {
        /** @description Makes it safe to send again, for 24 hours; a UUID serves well */
        'Idempotency-Key'?: string
      }
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          'Idempotent-Replayed': components['headers']['Idempotent-Replayed']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['KeyringDescription']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      409: components['responses']['Conflict']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
    }
  }
  previewMapping: {
    parameters: {
      query?: never
      header?: {
        /** @description Makes it safe to send again, for 24 hours; a UUID serves well */
        'Idempotency-Key'?: string
      }
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        /**
         * @example {
         *       "mapping": {
         *         "total": {
         *           "path": "/total/amount"
         *         }
         *       },
         *       "input": {
         *         "total": {
         *           "amount": 1250,
         *           "currency": "USD"
         *         }
         *       }
         *     }
         */
        'application/json': {
          /** @description `forward` when absent */
          direction?: 'forward' | 'backward'
          /** @description What it reads; `backward`, what it has written */
          input: unknown
          /** @description A mapping, as in a template */
          mapping: unknown
          /** @description Rules by name, for `$apply` to use */
          mappings?: {
            [key: string]: unknown
          }
        }
      }
    }
    responses: {
      /** @description OK */
      200: {
        headers: {
          'Idempotent-Replayed': components['headers']['Idempotent-Replayed']
          [name: string]: unknown
        }
        content: {
          'application/json': {
            error?: {
              code: string
              message: string
              pointer: string
            }
            output?: unknown
          }
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      409: components['responses']['Conflict']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
    }
  }
  listConnectors: {
    parameters: {
      query?: {
        /** @description `nextCursor` of the page before */
        cursor?: string
        /** @description Say of each how it did in the last 24 hours */
        include?: 'health'
        /** @description How many; 50 when absent */
        limit?: number
        status?: 'installed' | 'ready' | 'active' | 'inactive' | 'needs_attention' | 'removed'
      }
      header?: never
      path: {
        /** @description Id of a store, as the store platform names it */
        storeId: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': {
            data: components['schemas']['Connector'][]
            nextCursor: string | null
          }
        }
      }
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
    }
  }
  installConnector: {
    parameters: {
      query?: never
      header?: {
        /** @description Makes it safe to send again, for 24 hours; a UUID serves well */
        'Idempotency-Key'?: string
      }
      path: {
        /** @description Id of a store, as the store platform names it */
        storeId: string
      }
      cookie?: never
    }
    requestBody: {
      content: {
        /**
         * @example {
         *       "template": "shippo",
         *       "name": "Shippo",
         *       "settings": {}
         *     }
         */
        'application/json': {
          /** @description A definition of your own, in the form of a template */
          definition?: unknown
          endpoints?: {
            /** Format: uri */
            baseUrl?: string
          }
          mappings?: {
            [key: string]: unknown
          }
          name?: string
          settings?: {
            [key: string]: unknown
          }
          /** @description Slug of a template */
          template?: string
          version?: string
        }
      }
    }
    responses: {
      /** @description Made */
      201: {
        headers: {
          ETag: components['headers']['ETag']
          'Idempotent-Replayed': components['headers']['Idempotent-Replayed']
          Location: components['headers']['Location']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Connector']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      409: components['responses']['Conflict']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
    }
  }
  getConnector: {
    parameters: {
      query?: {
        /** @description As it was at this time */
        asOf?: string
      }
      header?: never
      path: {
        /** @description Id of a connector */
        connectorId: string
        /** @description Id of a store, as the store platform names it */
        storeId: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          ETag: components['headers']['ETag']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Connector']
        }
      }
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
    }
  }
  removeConnector: {
    parameters: {
      query?: never
      header?: {
        /** @description The `ETag` of the state that the change is meant for, such as `"3"`, or several; `*` for any */
        'If-Match'?: string
      }
      path: {
        /** @description Id of a connector */
        connectorId: string
        /** @description Id of a store, as the store platform names it */
        storeId: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description Done */
      204: {
        headers: {
          [name: string]: unknown
        }
        content?: never
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      409: components['responses']['Conflict']
      412: components['responses']['PreconditionFailed']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
    }
  }
  configureConnector: {
    parameters: {
      query?: never
      header?: {
        /** @description The `ETag` of the state that the change is meant for, such as `"3"`, or several; `*` for any */
        'If-Match'?: string
      }
      path: {
        /** @description Id of a connector */
        connectorId: string
        /** @description Id of a store, as the store platform names it */
        storeId: string
      }
      cookie?: never
    }
    requestBody: {
      content: {
        /**
         * @example {
         *       "name": "Shippo, test account",
         *       "endpoints": {
         *         "baseUrl": "https://api.goshippo.com"
         *       }
         *     }
         */
        'application/json': {
          endpoints?: {
            baseUrl?: string | null
          }
          mappings?: {
            [key: string]: unknown
          }
          name?: string
          settings?: {
            [key: string]: unknown
          }
        }
      }
    }
    responses: {
      /** @description OK */
      200: {
        headers: {
          ETag: components['headers']['ETag']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Connector']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      409: components['responses']['Conflict']
      412: components['responses']['PreconditionFailed']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
    }
  }
  activateConnector: {
    parameters: {
      query?: never
      header?: {
        /** @description Makes it safe to send again, for 24 hours; a UUID serves well */
        'Idempotency-Key'?: string
        /** @description The `ETag` of the state that the change is meant for, such as `"3"`, or several; `*` for any */
        'If-Match'?: string
      }
      path: {
        /** @description Id of a connector */
        connectorId: string
        /** @description Id of a store, as the store platform names it */
        storeId: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          ETag: components['headers']['ETag']
          'Idempotent-Replayed': components['headers']['Idempotent-Replayed']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Connector']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      409: components['responses']['Conflict']
      412: components['responses']['PreconditionFailed']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
    }
  }
  getCredentials: {
    parameters: {
      query?: never
      header?: never
      path: {
        /** @description Id of a connector */
        connectorId: string
        /** @description Id of a store, as the store platform names it */
        storeId: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['CredentialDescription']
        }
      }
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
    }
  }
  putCredentials: {
    parameters: {
      query?: never
      header?: never
      path: {
        /** @description Id of a connector */
        connectorId: string
        /** @description Id of a store, as the store platform names it */
        storeId: string
      }
      cookie?: never
    }
    requestBody: {
      content: {
        /**
         * @example {
         *       "values": {
         *         "apiKey": "shippo_test_0123456789abcdef"
         *       }
         *     }
         */
        'application/json': {
          values: {
            [key: string]: string
          }
        }
      }
    }
    responses: {
      /** @description OK */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['CredentialDescription']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      409: components['responses']['Conflict']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
    }
  }
  deleteCredentials: {
    parameters: {
      query?: never
      header?: never
      path: {
        /** @description Id of a connector */
        connectorId: string
        /** @description Id of a store, as the store platform names it */
        storeId: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description Done */
      204: {
        headers: {
          [name: string]: unknown
        }
        content?: never
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      409: components['responses']['Conflict']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
    }
  }
  deactivateConnector: {
    parameters: {
      query?: never
      header?: {
        /** @description Makes it safe to send again, for 24 hours; a UUID serves well */
        'Idempotency-Key'?: string
        /** @description The `ETag` of the state that the change is meant for, such as `"3"`, or several; `*` for any */
        'If-Match'?: string
      }
      path: {
        /** @description Id of a connector */
        connectorId: string
        /** @description Id of a store, as the store platform names it */
        storeId: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          ETag: components['headers']['ETag']
          'Idempotent-Replayed': components['headers']['Idempotent-Replayed']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Connector']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      409: components['responses']['Conflict']
      412: components['responses']['PreconditionFailed']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
    }
  }
  listConnectorExecutions: {
    parameters: {
      query?: {
        /** @description `nextCursor` of the page before */
        cursor?: string
        errorClass?: 'transient' | 'configuration' | 'permanent' | 'unknown'
        hook?: string
        /** @description Tests of the connection too, which are left out otherwise */
        include?: 'tests'
        /** @description How many; 50 when absent */
        limit?: number
        since?: string
        status?: 'succeeded' | 'failed'
        until?: string
      }
      header?: never
      path: {
        /** @description Id of a connector */
        connectorId: string
        /** @description Id of a store, as the store platform names it */
        storeId: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': {
            data: components['schemas']['ExecutionSummary'][]
            nextCursor: string | null
          }
        }
      }
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
    }
  }
  listConnectorHistory: {
    parameters: {
      query?: {
        /** @description `nextCursor` of the page before */
        cursor?: string
        /** @description How many; 50 when absent */
        limit?: number
      }
      header?: never
      path: {
        /** @description Id of a connector */
        connectorId: string
        /** @description Id of a store, as the store platform names it */
        storeId: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': {
            data: components['schemas']['HistoryEntry'][]
            nextCursor: string | null
          }
        }
      }
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
    }
  }
  invokeHook: {
    parameters: {
      query?: never
      header?: {
        /** @description Makes it safe to send again, for 24 hours; a UUID serves well */
        'Idempotency-Key'?: string
      }
      path: {
        /** @description Id of a connector */
        connectorId: string
        /** @description Name of a hook, such as `get_rates` */
        hook: string
        /** @description Id of a store, as the store platform names it */
        storeId: string
      }
      cookie?: never
    }
    requestBody: {
      content: {
        /**
         * @example {
         *       "input": {
         *         "from": {
         *           "street1": "731 Valencia Street",
         *           "city": "San Francisco",
         *           "state": "CA",
         *           "postalCode": "94110",
         *           "country": "US"
         *         },
         *         "to": {
         *           "street1": "1 Main Street",
         *           "city": "Austin",
         *           "state": "TX",
         *           "postalCode": "78701",
         *           "country": "US"
         *         },
         *         "parcels": [
         *           {
         *             "length": {
         *               "value": 20,
         *               "unit": "cm"
         *             },
         *             "width": {
         *               "value": 15,
         *               "unit": "cm"
         *             },
         *             "height": {
         *               "value": 10,
         *               "unit": "cm"
         *             },
         *             "weight": {
         *               "value": 500,
         *               "unit": "g"
         *             }
         *           }
         *         ]
         *       },
         *       "deadlineMs": 3000
         *     }
         */
        'application/json': {
          /** @description 3000 when absent; more than 8000 is refused */
          deadlineMs?: number
          /** @description Passed on to the service; the Idempotency-Key when absent */
          idempotencyKey?: string
          /** @description Fits the hook's input schema */
          input: unknown
        }
      }
    }
    responses: {
      /** @description OK */
      200: {
        headers: {
          'Idempotent-Replayed': components['headers']['Idempotent-Replayed']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['InvokeResult']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      409: components['responses']['Conflict']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
    }
  }
  previewHook: {
    parameters: {
      query?: never
      header?: {
        /** @description Makes it safe to send again, for 24 hours; a UUID serves well */
        'Idempotency-Key'?: string
      }
      path: {
        /** @description Id of a connector */
        connectorId: string
        /** @description Name of a hook, such as `get_rates` */
        hook: string
        /** @description Id of a store, as the store platform names it */
        storeId: string
      }
      cookie?: never
    }
    requestBody: {
      content: {
        /**
         * @example {
         *       "input": {
         *         "from": {
         *           "street1": "731 Valencia Street",
         *           "city": "San Francisco",
         *           "state": "CA",
         *           "postalCode": "94110",
         *           "country": "US"
         *         },
         *         "to": {
         *           "street1": "1 Main Street",
         *           "city": "Austin",
         *           "state": "TX",
         *           "postalCode": "78701",
         *           "country": "US"
         *         },
         *         "parcels": [
         *           {
         *             "length": {
         *               "value": 20,
         *               "unit": "cm"
         *             },
         *             "width": {
         *               "value": 15,
         *               "unit": "cm"
         *             },
         *             "height": {
         *               "value": 10,
         *               "unit": "cm"
         *             },
         *             "weight": {
         *               "value": 500,
         *               "unit": "g"
         *             }
         *           }
         *         ]
         *       }
         *     }
         */
        'application/json': {
          /** @description Fits the hook's input schema */
          input: unknown
          /** @description Answers to pretend, by step */
          responses?: {
            [key: string]: unknown
          }
        }
      }
    }
    responses: {
      /** @description OK */
      200: {
        headers: {
          'Idempotent-Replayed': components['headers']['Idempotent-Replayed']
          [name: string]: unknown
        }
        content: {
          'application/json': {
            error?: {
              /** @enum {unknown} */
              class: 'transient' | 'configuration' | 'permanent' | 'unknown'
              code: string
              message: string
            }
            output?: unknown
            requests: {
              body?: unknown
              headers: {
                [key: string]: string
              }
              method: string
              step: string
              url: string
            }[]
          }
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      409: components['responses']['Conflict']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
    }
  }
  getOAuthConnection: {
    parameters: {
      query?: never
      header?: never
      path: {
        /** @description Id of a connector */
        connectorId: string
        /** @description Id of a store, as the store platform names it */
        storeId: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['OAuthConnection']
        }
      }
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      409: components['responses']['Conflict']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
    }
  }
  revokeOAuthConnection: {
    parameters: {
      query?: never
      header?: never
      path: {
        /** @description Id of a connector */
        connectorId: string
        /** @description Id of a store, as the store platform names it */
        storeId: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description Done */
      204: {
        headers: {
          [name: string]: unknown
        }
        content?: never
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      409: components['responses']['Conflict']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
    }
  }
  authorizeConnector: {
    parameters: {
      query?: never
      header?: never
      path: {
        /** @description Id of a connector */
        connectorId: string
        /** @description Id of a store, as the store platform names it */
        storeId: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Authorization']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      409: components['responses']['Conflict']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
    }
  }
  connectOAuth: {
    parameters: {
      query?: never
      header?: {
        /** @description Makes it safe to send again, for 24 hours; a UUID serves well */
        'Idempotency-Key'?: string
      }
      path: {
        /** @description Id of a connector */
        connectorId: string
        /** @description Id of a store, as the store platform names it */
        storeId: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          'Idempotent-Replayed': components['headers']['Idempotent-Replayed']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['OAuthConnection']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      409: components['responses']['Conflict']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
    }
  }
  refreshOAuthConnection: {
    parameters: {
      query?: never
      header?: {
        /** @description Makes it safe to send again, for 24 hours; a UUID serves well */
        'Idempotency-Key'?: string
      }
      path: {
        /** @description Id of a connector */
        connectorId: string
        /** @description Id of a store, as the store platform names it */
        storeId: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          'Idempotent-Replayed': components['headers']['Idempotent-Replayed']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['OAuthConnection']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      409: components['responses']['Conflict']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
    }
  }
  rollbackConnector: {
    parameters: {
      query?: never
      header?: {
        /** @description Makes it safe to send again, for 24 hours; a UUID serves well */
        'Idempotency-Key'?: string
        /** @description The `ETag` of the state that the change is meant for, such as `"3"`, or several; `*` for any */
        'If-Match'?: string
      }
      path: {
        /** @description Id of a connector */
        connectorId: string
        /** @description Id of a store, as the store platform names it */
        storeId: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          ETag: components['headers']['ETag']
          'Idempotent-Replayed': components['headers']['Idempotent-Replayed']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Connector']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      409: components['responses']['Conflict']
      412: components['responses']['PreconditionFailed']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
    }
  }
  getConnectorStats: {
    parameters: {
      query?: {
        window?: '1h' | '24h' | '7d' | '30d'
      }
      header?: never
      path: {
        /** @description Id of a connector */
        connectorId: string
        /** @description Id of a store, as the store platform names it */
        storeId: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['ConnectorStats']
        }
      }
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
    }
  }
  testConnector: {
    parameters: {
      query?: never
      header?: {
        /** @description Makes it safe to send again, for 24 hours; a UUID serves well */
        'Idempotency-Key'?: string
        /** @description The `ETag` of the state that the change is meant for, such as `"3"`, or several; `*` for any */
        'If-Match'?: string
      }
      path: {
        /** @description Id of a connector */
        connectorId: string
        /** @description Id of a store, as the store platform names it */
        storeId: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          'Idempotent-Replayed': components['headers']['Idempotent-Replayed']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['TestResult']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      409: components['responses']['Conflict']
      412: components['responses']['PreconditionFailed']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
    }
  }
  upgradeConnector: {
    parameters: {
      query?: never
      header?: {
        /** @description Makes it safe to send again, for 24 hours; a UUID serves well */
        'Idempotency-Key'?: string
        /** @description The `ETag` of the state that the change is meant for, such as `"3"`, or several; `*` for any */
        'If-Match'?: string
      }
      path: {
        /** @description Id of a connector */
        connectorId: string
        /** @description Id of a store, as the store platform names it */
        storeId: string
      }
      cookie?: never
    }
    requestBody: {
      content: {
        /**
         * @example {
         *       "version": "1.1.0",
         *       "dryRun": true
         *     }
         */
        'application/json': {
          /** @description Only say what would change */
          dryRun?: boolean
          version: string
        }
      }
    }
    responses: {
      /** @description OK */
      200: {
        headers: {
          'Idempotent-Replayed': components['headers']['Idempotent-Replayed']
          [name: string]: unknown
        }
        content: {
          'application/json': {
            connector?: {
              authType: string
              category?: string
              /** Format: date-time */
              createdAt: string
              credentials: {
                /** @description Id of a credential */
                credentialId?: string
                set: boolean
                version?: number
              }
              /** @description Of a custom connector */
              definition?: unknown
              endpoints: {
                /** Format: uri */
                baseUrl?: string
              }
              health?: {
                failed: number
                /** @description Those in which something happened, the oldest first */
                hours: {
                  /** Format: date-time */
                  at: string
                  failed: number
                  total: number
                }[]
                /** @description Of an execution, or of a delivery that was given up */
                lastFailure?: {
                  /** Format: date-time */
                  at: string
                  id: string
                }
                p95Ms: number | null
                /** @description 0 to 1; null when there was nothing */
                successRate: number | null
                total: number
              }
              hooks: {
                deadlineMs: number
                description: string
                input?: unknown
                name: string
                /** @description Store events that run it */
                on: string[]
                output?: unknown
              }[]
              /** @description Id of a connector */
              id: string
              lastTest?: {
                /** Format: date-time */
                at: string
                checks: {
                  detail: string
                  name: string
                  ok: boolean
                }[]
                error?: {
                  code: string
                  message: string
                }
                latencyMs: number
                ok: boolean
              }
              mappings: {
                [key: string]: unknown
              }
              name: string
              oauth?: {
                scopesGranted: string[]
                scopesMissing: string[]
              }
              revision: number
              settings: {
                [key: string]: unknown
              }
              /** @enum {unknown} */
              status: 'installed' | 'ready' | 'active' | 'inactive' | 'needs_attention' | 'removed'
              statusReason?: {
                code: string
                message: string
              }
              storeId: string
              template: {
                slug: string
                version: string
              } | null
              /** Format: date-time */
              updatedAt: string
            }
            diff: components['schemas']['UpgradeDiff']
          }
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      409: components['responses']['Conflict']
      412: components['responses']['PreconditionFailed']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
    }
  }
  listDeliveries: {
    parameters: {
      query?: {
        /** @description `nextCursor` of the page before */
        cursor?: string
        eventType?: string
        /** @description How many; 50 when absent */
        limit?: number
        since?: string
        status?: 'pending' | 'succeeded' | 'failed' | 'retrying' | 'parked'
        until?: string
      }
      header?: never
      path: {
        /** @description Id of a store, as the store platform names it */
        storeId: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': {
            data: components['schemas']['DeliverySummary'][]
            nextCursor: string | null
          }
        }
      }
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
    }
  }
  getDelivery: {
    parameters: {
      query?: never
      header?: never
      path: {
        /** @description Id of a delivery */
        deliveryId: string
        /** @description Id of a store, as the store platform names it */
        storeId: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Delivery']
        }
      }
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
    }
  }
  retryDelivery: {
    parameters: {
      query?: never
      header?: {
        /** @description Makes it safe to send again, for 24 hours; a UUID serves well */
        'Idempotency-Key'?: string
      }
      path: {
        /** @description Id of a delivery */
        deliveryId: string
        /** @description Id of a store, as the store platform names it */
        storeId: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          'Idempotent-Replayed': components['headers']['Idempotent-Replayed']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Delivery']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      409: components['responses']['Conflict']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
    }
  }
  listExecutions: {
    parameters: {
      query?: {
        /** @description `nextCursor` of the page before */
        cursor?: string
        errorClass?: 'transient' | 'configuration' | 'permanent' | 'unknown'
        hook?: string
        /** @description Tests of the connection too, which are left out otherwise */
        include?: 'tests'
        /** @description How many; 50 when absent */
        limit?: number
        since?: string
        status?: 'succeeded' | 'failed'
        until?: string
      }
      header?: never
      path: {
        /** @description Id of a store, as the store platform names it */
        storeId: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': {
            data: components['schemas']['ExecutionSummary'][]
            nextCursor: string | null
          }
        }
      }
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
    }
  }
  getExecution: {
    parameters: {
      query?: never
      header?: never
      path: {
        /** @description Id of an execution */
        executionId: string
        /** @description Id of a store, as the store platform names it */
        storeId: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Execution']
        }
      }
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
    }
  }
  replayExecution: {
    parameters: {
      query?: never
      header?: {
        /** @description Makes it safe to send again, for 24 hours; a UUID serves well */
        'Idempotency-Key'?: string
      }
      path: {
        /** @description Id of an execution */
        executionId: string
        /** @description Id of a store, as the store platform names it */
        storeId: string
      }
      cookie?: never
    }
    requestBody?: {
      content: {
        /**
         * @example {
         *       "configuration": "current"
         *     }
         */
        'application/json': {
          /** @description Today's configuration (`current`, the default), or that of the day */
          configuration?: 'current' | 'original'
        }
      }
    }
    responses: {
      /** @description OK */
      200: {
        headers: {
          'Idempotent-Replayed': components['headers']['Idempotent-Replayed']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['InvokeResult']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      409: components['responses']['Conflict']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
    }
  }
  watchStore: {
    parameters: {
      query?: never
      header?: never
      path: {
        /** @description Id of a store, as the store platform names it */
        storeId: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          /**
           * @example event: connector
           *     data: {"id":"conn_06e8rk2","revision":4,"changes":["ConnectorActivated"]}
           */
          'text/event-stream': string
        }
      }
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
    }
  }
  listRejectedEvents: {
    parameters: {
      query?: {
        /** @description `nextCursor` of the page before */
        cursor?: string
        /** @description How many; 50 when absent */
        limit?: number
      }
      header?: never
      path: {
        /** @description Id of a store, as the store platform names it */
        storeId: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': {
            data: components['schemas']['RejectedEvent'][]
            nextCursor: string | null
          }
        }
      }
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
    }
  }
  listWebhooks: {
    parameters: {
      query?: {
        /** @description `nextCursor` of the page before */
        cursor?: string
        /** @description Say of each how it did in the last 24 hours */
        include?: 'health'
        /** @description How many; 50 when absent */
        limit?: number
      }
      header?: never
      path: {
        /** @description Id of a store, as the store platform names it */
        storeId: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': {
            data: components['schemas']['WebhookEndpoint'][]
            nextCursor: string | null
          }
        }
      }
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
    }
  }
  createWebhook: {
    parameters: {
      query?: never
      header?: {
        /** @description Makes it safe to send again, for 24 hours; a UUID serves well */
        'Idempotency-Key'?: string
      }
      path: {
        /** @description Id of a store, as the store platform names it */
        storeId: string
      }
      cookie?: never
    }
    requestBody: {
      content: {
        /**
         * @example {
         *       "url": "https://example.com/webhooks",
         *       "eventTypes": [
         *         "order.created",
         *         "order.fulfilled"
         *       ],
         *       "headers": {
         *         "Authorization": "Bearer 0123456789abcdef"
         *       }
         *     }
         */
        'application/json': components['schemas']['EndpointSettings']
      }
    }
    responses: {
      /** @description Made */
      201: {
        headers: {
          ETag: components['headers']['ETag']
          'Idempotent-Replayed': components['headers']['Idempotent-Replayed']
          Location: components['headers']['Location']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['WebhookEndpoint'] & {
            /** @description Signing secret, `whsec_…` or `whsk_…` (Standard Webhooks) */
            secret: string
          }
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      409: components['responses']['Conflict']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
    }
  }
  getWebhook: {
    parameters: {
      query?: never
      header?: never
      path: {
        /** @description Id of a webhook endpoint */
        endpointId: string
        /** @description Id of a store, as the store platform names it */
        storeId: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          ETag: components['headers']['ETag']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['WebhookEndpoint']
        }
      }
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
    }
  }
  deleteWebhook: {
    parameters: {
      query?: never
      header?: {
        /** @description The `ETag` of the state that the change is meant for, such as `"3"`, or several; `*` for any */
        'If-Match'?: string
      }
      path: {
        /** @description Id of a webhook endpoint */
        endpointId: string
        /** @description Id of a store, as the store platform names it */
        storeId: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description Done */
      204: {
        headers: {
          [name: string]: unknown
        }
        content?: never
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      409: components['responses']['Conflict']
      412: components['responses']['PreconditionFailed']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
    }
  }
  updateWebhook: {
    parameters: {
      query?: never
      header?: {
        /** @description The `ETag` of the state that the change is meant for, such as `"3"`, or several; `*` for any */
        'If-Match'?: string
      }
      path: {
        /** @description Id of a webhook endpoint */
        endpointId: string
        /** @description Id of a store, as the store platform names it */
        storeId: string
      }
      cookie?: never
    }
    requestBody: {
      content: {
        /**
         * @example {
         *       "eventTypes": [
         *         "*"
         *       ],
         *       "ordering": "entity",
         *       "filter": null,
         *       "headers": {
         *         "Authorization": "[redacted]",
         *         "X-Environment": "live"
         *       }
         *     }
         */
        'application/json': components['schemas']['EndpointSettingsChange']
      }
    }
    responses: {
      /** @description OK */
      200: {
        headers: {
          ETag: components['headers']['ETag']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['WebhookEndpoint']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      409: components['responses']['Conflict']
      412: components['responses']['PreconditionFailed']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
    }
  }
  listWebhookDeliveries: {
    parameters: {
      query?: {
        /** @description `nextCursor` of the page before */
        cursor?: string
        eventType?: string
        /** @description How many; 50 when absent */
        limit?: number
        since?: string
        status?: 'pending' | 'succeeded' | 'failed' | 'retrying' | 'parked'
        until?: string
      }
      header?: never
      path: {
        /** @description Id of a webhook endpoint */
        endpointId: string
        /** @description Id of a store, as the store platform names it */
        storeId: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': {
            data: components['schemas']['DeliverySummary'][]
            nextCursor: string | null
          }
        }
      }
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
    }
  }
  disableWebhook: {
    parameters: {
      query?: never
      header?: {
        /** @description Makes it safe to send again, for 24 hours; a UUID serves well */
        'Idempotency-Key'?: string
        /** @description The `ETag` of the state that the change is meant for, such as `"3"`, or several; `*` for any */
        'If-Match'?: string
      }
      path: {
        /** @description Id of a webhook endpoint */
        endpointId: string
        /** @description Id of a store, as the store platform names it */
        storeId: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          ETag: components['headers']['ETag']
          'Idempotent-Replayed': components['headers']['Idempotent-Replayed']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['WebhookEndpoint']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      409: components['responses']['Conflict']
      412: components['responses']['PreconditionFailed']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
    }
  }
  enableWebhook: {
    parameters: {
      query?: never
      header?: {
        /** @description Makes it safe to send again, for 24 hours; a UUID serves well */
        'Idempotency-Key'?: string
        /** @description The `ETag` of the state that the change is meant for, such as `"3"`, or several; `*` for any */
        'If-Match'?: string
      }
      path: {
        /** @description Id of a webhook endpoint */
        endpointId: string
        /** @description Id of a store, as the store platform names it */
        storeId: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          ETag: components['headers']['ETag']
          'Idempotent-Replayed': components['headers']['Idempotent-Replayed']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['WebhookEndpoint']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      409: components['responses']['Conflict']
      412: components['responses']['PreconditionFailed']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
    }
  }
  recoverWebhook: {
    parameters: {
      query?: never
      header?: {
        /** @description Makes it safe to send again, for 24 hours; a UUID serves well */
        'Idempotency-Key'?: string
      }
      path: {
        /** @description Id of a webhook endpoint */
        endpointId: string
        /** @description Id of a store, as the store platform names it */
        storeId: string
      }
      cookie?: never
    }
    requestBody: {
      content: {
        /**
         * @example {
         *       "since": "2026-11-23T00:00:00Z",
         *       "dryRun": true
         *     }
         */
        'application/json': {
          /** @description Only count what would be sent */
          dryRun?: boolean
          /** Format: date-time */
          since: string
          /** Format: date-time */
          until?: string
        }
      }
    }
    responses: {
      /** @description OK */
      200: {
        headers: {
          'Idempotent-Replayed': components['headers']['Idempotent-Replayed']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Recovery']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      409: components['responses']['Conflict']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
    }
  }
  getRecovery: {
    parameters: {
      query?: never
      header?: never
      path: {
        /** @description Id of a webhook endpoint */
        endpointId: string
        /** @description Id of a recovery job */
        recoveryId: string
        /** @description Id of a store, as the store platform names it */
        storeId: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Recovery']
        }
      }
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
    }
  }
  controlRecovery: {
    parameters: {
      query?: never
      header?: never
      path: {
        /** @description Id of a webhook endpoint */
        endpointId: string
        /** @description Id of a recovery job */
        recoveryId: string
        /** @description Id of a store, as the store platform names it */
        storeId: string
      }
      cookie?: never
    }
    requestBody: {
      content: {
        /**
         * @example {
         *       "action": "pause"
         *     }
         */
        'application/json': {
          action: 'pause' | 'resume' | 'cancel'
        }
      }
    }
    responses: {
      /** @description OK */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Recovery']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      409: components['responses']['Conflict']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
    }
  }
  rotateWebhookSecret: {
    parameters: {
      query?: never
      header?: {
        /** @description Makes it safe to send again, for 24 hours; a UUID serves well */
        'Idempotency-Key'?: string
      }
      path: {
        /** @description Id of a webhook endpoint */
        endpointId: string
        /** @description Id of a store, as the store platform names it */
        storeId: string
      }
      cookie?: never
    }
    requestBody?: {
      content: {
        /**
         * @example {
         *       "overlapHours": 24
         *     }
         */
        'application/json': {
          /** @description 24 when absent */
          overlapHours?: number
        }
      }
    }
    responses: {
      /** @description OK */
      200: {
        headers: {
          ETag: components['headers']['ETag']
          'Idempotent-Replayed': components['headers']['Idempotent-Replayed']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['WebhookEndpoint'] & {
            /**
             * Format: date-time
             * @description Until when the secret before it signs too
             */
            overlapUntil: string
            /** @description Signing secret, `whsec_…` or `whsk_…` (Standard Webhooks) */
            secret: string
          }
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      409: components['responses']['Conflict']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
    }
  }
  getWebhookSecret: {
    parameters: {
      query?: never
      header?: never
      path: {
        /** @description Id of a webhook endpoint */
        endpointId: string
        /** @description Id of a store, as the store platform names it */
        storeId: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': {
            /** @description Signing secret, `whsec_…` or `whsk_…` (Standard Webhooks) */
            secret: string
            version: number
          }
        }
      }
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
    }
  }
  getWebhookStats: {
    parameters: {
      query?: {
        window?: '1h' | '24h' | '7d' | '30d'
      }
      header?: never
      path: {
        /** @description Id of a webhook endpoint */
        endpointId: string
        /** @description Id of a store, as the store platform names it */
        storeId: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['EndpointStats']
        }
      }
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
    }
  }
  testWebhook: {
    parameters: {
      query?: never
      header?: {
        /** @description Makes it safe to send again, for 24 hours; a UUID serves well */
        'Idempotency-Key'?: string
      }
      path: {
        /** @description Id of a webhook endpoint */
        endpointId: string
        /** @description Id of a store, as the store platform names it */
        storeId: string
      }
      cookie?: never
    }
    requestBody?: {
      content: {
        /**
         * @example {
         *       "eventType": "order.created"
         *     }
         */
        'application/json': {
          /** @description Whose example is sent */
          eventType?: string
        }
      }
    }
    responses: {
      /** @description OK */
      200: {
        headers: {
          'Idempotent-Replayed': components['headers']['Idempotent-Replayed']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Delivery']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      409: components['responses']['Conflict']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
    }
  }
  listTemplates: {
    parameters: {
      query?: {
        /** @description Such as `shipping` */
        category?: string
        /** @description `nextCursor` of the page before */
        cursor?: string
        /** @description How many; 50 when absent */
        limit?: number
        /** @description Words of the name or the description */
        q?: string
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': {
            data: components['schemas']['TemplateSummary'][]
            nextCursor: string | null
          }
        }
      }
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
    }
  }
  getTemplate: {
    parameters: {
      query?: never
      header?: never
      path: {
        /** @description Name of a template, such as `shippo` */
        slug: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['TemplateDetail']
        }
      }
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
    }
  }
  getTemplateVersion: {
    parameters: {
      query?: never
      header?: never
      path: {
        /** @description Name of a template, such as `shippo` */
        slug: string
        /** @description Version of a template, such as `1.0.0` */
        version: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description OK */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['TemplateDetail']
        }
      }
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      422: components['responses']['UnprocessableEntity']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalServerError']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
    }
  }
}
