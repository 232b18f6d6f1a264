import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { statusOf } from '../api/api-error.ts'
import { Empty } from './empty.tsx'
import { PageLoading } from './page-loading.tsx'
import { ProblemAlert } from './problem-alert.tsx'

interface ReadProps<T> {
  readonly query: UseQueryResult<T>
  /** What is read, in words: "the connector". */
  readonly what: string
  readonly loading?: ReactNode
  readonly children: (data: T) => ReactNode
}

/** Shows what a query brought, or that it is on its way, is not there, or failed. Old data stays while new is fetched. */
export function Read<T>({ query, what, loading, children }: ReadProps<T>) {
  if (query.data !== undefined) return children(query.data)
  if (query.isPending) return loading ?? <PageLoading label={`Loading ${what}`} />
  if (statusOf(query.error) === 404) {
    return <Empty title={`Not found: ${what}`}>It may have been removed, or belongs to another store.</Empty>
  }
  return <ProblemAlert error={query.error as Error} title={`Could not load ${what}`} retry={query.refetch} />
}
