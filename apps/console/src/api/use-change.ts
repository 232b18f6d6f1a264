import { useMutation, useQueryClient, type UseMutationResult } from '@tanstack/react-query'
import type { ApiError } from './api-error.ts'
import { storeKey } from './store-key.ts'

/** A change to something of a store. What is shown of the store is read anew before the change counts as done. */
export function useChange<T, V = void>(
  storeId: string,
  change: (variables: V) => Promise<T>,
): UseMutationResult<T, ApiError, V> {
  const client = useQueryClient()
  return useMutation<T, ApiError, V>({
    mutationFn: change,
    onSettled: () => client.invalidateQueries({ queryKey: storeKey(storeId) }),
  })
}

/** For code that goes on after a change: when it fails, the page shows its `error`, and nothing is left to do. */
export const shownAsError = (): void => undefined
