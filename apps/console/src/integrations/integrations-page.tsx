import { Button, Skeleton, Stack } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { IconCode } from '@tabler/icons-react'
import { Link } from 'react-router'
import { useMay } from '../session/use-session.ts'
import { useStoreId } from '../shell/use-store-id.ts'
import { Empty } from '../ui/empty.tsx'
import { Page } from '../ui/page.tsx'
import { Read } from '../ui/read.tsx'
import { Section } from '../ui/section.tsx'
import { Catalogue } from './catalogue.tsx'
import { ConnectorList } from './connector-list.tsx'
import { connectorsQuery } from './queries.ts'

/** Settings → Integrations: what is connected, and what can be. */
export function Component() {
  const storeId = useStoreId()
  const mayWrite = useMay('integrations:write')
  const connectors = useInfiniteQuery(connectorsQuery(storeId))
  return (
    <Page
      title="Integrations"
      description="Connect your store to carriers, mail, accounting and more."
      actions={
        mayWrite && (
          <Button
            component={Link}
            to={`/stores/${storeId}/integrations/custom`}
            variant="default"
            leftSection={<IconCode size={16} aria-hidden />}
          >
            Create custom
          </Button>
        )
      }
    >
      <Section title="Connected">
        <Read query={connectors} what="your integrations" loading={<Waiting />}>
          {(listed) => {
            const all = listed.filter(({ status }) => status !== 'removed')
            return all.length === 0 ? (
              <Empty title="Nothing is connected yet">Choose a service below. Most take two minutes.</Empty>
            ) : (
              <>
                <ConnectorList connectors={all} />
                {connectors.hasNextPage && (
                  <Button
                    variant="default"
                    loading={connectors.isFetchingNextPage}
                    onClick={() => void connectors.fetchNextPage()}
                  >
                    Show more
                  </Button>
                )}
              </>
            )
          }}
        </Read>
      </Section>
      <Section title="Catalogue" description="Services that can be connected right away.">
        <Catalogue />
      </Section>
    </Page>
  )
}

const Waiting = () => (
  <Stack role="status" aria-label="Loading your integrations">
    <Skeleton height={76} />
    <Skeleton height={76} />
  </Stack>
)
