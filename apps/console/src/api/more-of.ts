import type { UseInfiniteQueryResult } from '@tanstack/react-query'

/** What a long list needs to fetch its next part; nothing when all is there. */
export const moreOf = ({ hasNextPage, fetchNextPage, isFetchingNextPage }: UseInfiniteQueryResult<unknown>) =>
  hasNextPage ? { fetch: () => fetchNextPage(), fetching: isFetchingNextPage } : undefined
