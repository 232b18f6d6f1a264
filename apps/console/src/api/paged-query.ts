import { infiniteQueryOptions, type InfiniteData } from '@tanstack/react-query'

/** A list of the API, in parts. */
interface Paged<T> {
  readonly data: T[]
  readonly nextCursor: string | null
}

/** How many are fetched first, and how many with each step after that: the most the API gives. */
export const PAGE_SIZE = 100
const STEP = 200

/** A query for a list that is fetched part by part; its data are the items of all parts fetched so far. */
export const pagedQuery = <T>(
  queryKey: readonly unknown[],
  fetchPage: (query: { limit: number; cursor?: string }) => Promise<Paged<T>>,
) =>
  infiniteQueryOptions<Paged<T>, Error, T[], readonly unknown[], string | undefined>({
    queryKey,
    initialPageParam: undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
    queryFn: ({ pageParam: cursor }) => fetchPage(cursor ? { limit: STEP, cursor } : { limit: PAGE_SIZE }),
    select: flattened,
  })

const flattened = <T>({ pages }: InfiniteData<Paged<T>, string | undefined>): T[] => pages.flatMap(({ data }) => data)
