/** Queries about a store begin with this, so that a change can refresh all of them. */
export const storeKey = (storeId: string, ...rest: readonly unknown[]): readonly unknown[] => [
  'store',
  storeId,
  ...rest,
]
