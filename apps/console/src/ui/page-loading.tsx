import { Skeleton, Stack } from '@mantine/core'

/** What is seen while a page's script or first data is on its way. */
export function PageLoading({ label = 'Loading' }: { label?: string }) {
  return (
    <Stack role="status" aria-label={label} gap="lg">
      <Skeleton height={34} width="min(320px, 60%)" />
      <Skeleton height={120} />
      <Skeleton height={280} />
    </Stack>
  )
}
