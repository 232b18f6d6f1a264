import { Button, Container, NavLink, Paper, Stack, Text, TextInput, Title } from '@mantine/core'
import { IconBuildingStore } from '@tabler/icons-react'
import { useState } from 'react'
import { Link, Navigate, useNavigate } from 'react-router'
import { useSession } from '../session/use-session.ts'
import { lastStore } from './last-store.ts'
import { Logo } from './logo.tsx'

/** Where the console begins: at the only store, at the last one, or at a choice. */
export function Component() {
  const { stores } = useSession()
  const last = lastStore.read()
  if (stores !== '*' && stores.length === 1) return <Navigate to={`/stores/${stores[0]}`} replace />
  if (last && (stores === '*' || stores.includes(last))) return <Navigate to={`/stores/${last}`} replace />
  return (
    <Container component="main" size={480} py={96}>
      <title>Choose a store · Cartly integrations</title>
      <Paper withBorder p="xl" radius="lg" shadow="sm">
        <Stack>
          <Logo />
          <Title order={1} size="h2">
            Which store?
          </Title>
          {stores === '*' ? <AnyStore /> : <OneOf stores={stores} />}
        </Stack>
      </Paper>
    </Container>
  )
}

function AnyStore() {
  const navigate = useNavigate()
  const [storeId, setStoreId] = useState('store_demo')
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        void navigate(`/stores/${storeId.trim()}`)
      }}
    >
      <Stack>
        <Text c="dimmed">Your token is good for every store. Name the one you want to see.</Text>
        <TextInput
          label="Store ID"
          description="The demo store is store_demo."
          required
          pattern="[A-Za-z0-9_\-]{1,64}"
          value={storeId}
          onChange={(event) => setStoreId(event.currentTarget.value)}
        />
        <Button type="submit">Open</Button>
      </Stack>
    </form>
  )
}

function OneOf({ stores }: { stores: readonly string[] }) {
  if (stores.length === 0) return <Text c="dimmed">Your token names no store. Ask for one that does.</Text>
  return (
    <nav aria-label="Stores">
      {stores.map((storeId) => (
        <NavLink
          key={storeId}
          component={Link}
          to={`/stores/${storeId}`}
          label={storeId}
          leftSection={<IconBuildingStore size={18} aria-hidden />}
        />
      ))}
    </nav>
  )
}
