import { Button } from '@mantine/core'
import { Link } from 'react-router'
import { Empty } from '../ui/empty.tsx'
import { Page } from '../ui/page.tsx'

export function Component() {
  return (
    <Page title="There is nothing here">
      <Empty
        title="No page has this address"
        action={
          <Button component={Link} to="/">
            To the integrations
          </Button>
        }
      >
        It may have been moved or removed.
      </Empty>
    </Page>
  )
}
