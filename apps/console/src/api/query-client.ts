import { QueryCache, QueryClient } from '@tanstack/react-query'
import { ApiError, statusOf } from './api-error.ts'

const RETRIES = 3

/** Reads are tried again when the failure may pass; a session that ended shows the sign-in page. */
export const queryClient = new QueryClient({
  queryCache: new QueryCache({
    onError: (error, query) => {
      if (statusOf(error) === 401 && query.queryKey[0] !== 'session') queryClient.setQueryData(['session'], null)
    },
  }),
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      retry: (failures, error) => failures < RETRIES && error instanceof ApiError && error.isPassing,
    },
  },
})
