import { queryOptions } from '@tanstack/react-query'
import { answered, api, type Schemas } from '../api/client.ts'
import { pagedQuery } from '../api/paged-query.ts'
import { storeKey } from '../api/store-key.ts'
import type { Window } from '../ui/window-choice.tsx'

export type Template = Schemas['TemplateSummary']
export type TemplateDetail = Schemas['TemplateDetail']
export type Connector = Schemas['Connector']
export type ConnectorStats = Schemas['ConnectorStats']
export type Execution = Schemas['Execution']
export type ExecutionSummary = Schemas['ExecutionSummary']

const CATALOGUE_PAGE = 200

/** The whole catalogue: it is short, and filtered here as one types. */
export const templatesQuery = queryOptions({
  queryKey: ['templates'],
  staleTime: 5 * 60_000,
  queryFn: async () =>
    (await answered(api.GET('/v1/templates', { params: { query: { limit: CATALOGUE_PAGE } } }))).data,
})

export const templateQuery = (slug: string, version?: string) =>
  queryOptions({
    queryKey: ['templates', slug, version ?? 'newest'],
    staleTime: 5 * 60_000,
    queryFn: () =>
      version
        ? answered(api.GET('/v1/templates/{slug}/versions/{version}', { params: { path: { slug, version } } }))
        : answered(api.GET('/v1/templates/{slug}', { params: { path: { slug } } })),
  })

export const connectorsQuery = (storeId: string) =>
  pagedQuery(storeKey(storeId, 'connector-list'), (query) =>
    answered(
      api.GET('/v1/stores/{storeId}/connectors', {
        params: { path: { storeId }, query: { ...query, include: 'health' } },
      }),
    ),
  )

/** @param asOf ISO time: the connector as it was then. */
export const connectorQuery = (storeId: string, connectorId: string, asOf?: string) =>
  queryOptions({
    queryKey: storeKey(storeId, 'connectors', connectorId, asOf ?? 'now'),
    queryFn: () =>
      answered(
        api.GET('/v1/stores/{storeId}/connectors/{connectorId}', {
          params: { path: { storeId, connectorId }, query: asOf ? { asOf } : {} },
        }),
      ),
  })

export const connectorStatsQuery = (storeId: string, connectorId: string, window: Window) =>
  queryOptions({
    queryKey: storeKey(storeId, 'connector-stats', connectorId, window),
    queryFn: () =>
      answered(
        api.GET('/v1/stores/{storeId}/connectors/{connectorId}/stats', {
          params: { path: { storeId, connectorId }, query: { window } },
        }),
      ),
  })

export interface ExecutionFilter {
  readonly hook?: string
  readonly status?: 'succeeded' | 'failed'
  readonly errorClass?: Schemas['ExecutionError']['class']
}

export const executionsQuery = (storeId: string, connectorId: string, filter: ExecutionFilter) =>
  pagedQuery(storeKey(storeId, 'executions', connectorId, filter), (query) =>
    answered(
      api.GET('/v1/stores/{storeId}/connectors/{connectorId}/executions', {
        params: { path: { storeId, connectorId }, query: { ...filter, ...query, include: 'tests' } },
      }),
    ),
  )

/** A run never changes once it has ended. */
export const executionQuery = (storeId: string, executionId: string) =>
  queryOptions({
    queryKey: storeKey(storeId, 'execution', executionId),
    queryFn: () =>
      answered(
        api.GET('/v1/stores/{storeId}/executions/{executionId}', { params: { path: { storeId, executionId } } }),
      ),
  })

export const credentialsQuery = (storeId: string, connectorId: string) =>
  queryOptions({
    queryKey: storeKey(storeId, 'credentials', connectorId),
    queryFn: () =>
      answered(
        api.GET('/v1/stores/{storeId}/connectors/{connectorId}/credentials', {
          params: { path: { storeId, connectorId } },
        }),
      ),
  })

export const oauthQuery = (storeId: string, connectorId: string) =>
  queryOptions({
    queryKey: storeKey(storeId, 'oauth', connectorId),
    queryFn: () =>
      answered(
        api.GET('/v1/stores/{storeId}/connectors/{connectorId}/oauth', { params: { path: { storeId, connectorId } } }),
      ),
  })

export const historyQuery = (storeId: string, connectorId: string) =>
  pagedQuery(storeKey(storeId, 'connector-history', connectorId), (query) =>
    answered(
      api.GET('/v1/stores/{storeId}/connectors/{connectorId}/history', {
        params: { path: { storeId, connectorId }, query },
      }),
    ),
  )
