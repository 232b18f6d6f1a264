import { Tabs } from '@mantine/core'
import { useNavigate, useParams } from 'react-router'
import { LiveDot } from '../live/live-dot.tsx'
import { useStoreId } from '../shell/use-store-id.ts'
import { Page } from '../ui/page.tsx'
import { LiveFeed } from './live-feed.tsx'
import { RejectedEvents } from './rejected-events.tsx'

/** What happens in the store now, and what could not be understood of it. */
export function Component() {
  const storeId = useStoreId()
  const navigate = useNavigate()
  const { tab = 'live' } = useParams()
  const address = `/stores/${storeId}/activity`
  return (
    <Page title="Activity" badge={<LiveDot />} description="What your integrations and webhooks do, as they do it.">
      <Tabs
        value={tab}
        onChange={(next) => void navigate(next === 'live' ? address : `${address}/${next}`)}
        keepMounted={false}
      >
        <Tabs.List mb="lg">
          <Tabs.Tab value="live">Now</Tabs.Tab>
          <Tabs.Tab value="rejected">Rejected events</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="live">
          <LiveFeed />
        </Tabs.Panel>
        <Tabs.Panel value="rejected">
          <RejectedEvents />
        </Tabs.Panel>
      </Tabs>
    </Page>
  )
}
