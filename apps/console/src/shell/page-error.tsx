import { Button, Container, Stack, Text, Title } from '@mantine/core'
import { useEffect } from 'react'
import { useRouteError } from 'react-router'

const RELOADED = 'cartly-reloaded-at'
const ONCE_PER_MS = 60_000

/** A page that could not be drawn, or whose script is gone because a newer console has been installed meanwhile. */
export function PageError() {
  const error = useRouteError()
  const outdated = error instanceof TypeError && /import/i.test(error.message)
  useEffect(() => {
    const last = Number(sessionStorage.getItem(RELOADED) ?? 0)
    if (!outdated || Date.now() - last < ONCE_PER_MS) return
    sessionStorage.setItem(RELOADED, String(Date.now()))
    location.reload()
  }, [outdated])
  return (
    <Container size={520} py={64} role="alert">
      <Stack>
        <Title order={1}>This page could not be shown</Title>
        <Text c="dimmed">
          {outdated
            ? 'A part of the console could not be loaded. It may have been updated, or your connection was cut.'
            : 'Something in the console went wrong. Nothing of your store was changed by it.'}
        </Text>
        <Button onClick={() => location.reload()} style={{ alignSelf: 'start' }}>
          Load it again
        </Button>
      </Stack>
    </Container>
  )
}
