import { AppShell, Burger, Container, Group, NavLink, ScrollArea, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconActivity, IconBook, IconPlugConnected, IconWebhook } from '@tabler/icons-react'
import { useEffect } from 'react'
import { Link, NavLink as RouterNavLink, Outlet, ScrollRestoration, useLocation } from 'react-router'
import { LiveProvider } from '../live/live-provider.tsx'
import { AccountMenu } from './account-menu.tsx'
import { lastStore } from './last-store.ts'
import { Logo } from './logo.tsx'
import { useStoreId } from './use-store-id.ts'

const sections = [
  { to: 'integrations', label: 'Integrations', Icon: IconPlugConnected },
  { to: 'webhooks', label: 'Webhooks', Icon: IconWebhook },
  { to: 'activity', label: 'Activity', Icon: IconActivity },
]

/** What stands around every page of a store. */
export function Shell() {
  const storeId = useStoreId()
  const { pathname } = useLocation()
  const [opened, { toggle, close }] = useDisclosure()
  useEffect(() => lastStore.write(storeId), [storeId])
  useEffect(close, [pathname, close])
  return (
    <LiveProvider key={storeId} storeId={storeId}>
      <a className="skip-link" href="#main">
        Skip to content
      </a>
      <AppShell
        header={{ height: 56 }}
        navbar={{ width: 232, breakpoint: 'sm', collapsed: { mobile: !opened } }}
        padding={{ base: 'md', sm: 'xl' }}
      >
        <AppShell.Header>
          <Group h="100%" px="md" justify="space-between" wrap="nowrap">
            <Group gap="sm" wrap="nowrap">
              <Burger
                opened={opened}
                onClick={toggle}
                hiddenFrom="sm"
                size="sm"
                aria-label={opened ? 'Close the menu' : 'Open the menu'}
                aria-expanded={opened}
              />
              <Link
                to={`/stores/${storeId}`}
                aria-label="Cartly, integrations"
                style={{ color: 'inherit', textDecoration: 'none' }}
              >
                <Logo />
              </Link>
              <Text c="dimmed" size="sm" truncate visibleFrom="xs" pl="xs">
                {storeId}
              </Text>
            </Group>
            <AccountMenu />
          </Group>
        </AppShell.Header>
        <AppShell.Navbar p="sm" aria-label="Main">
          <AppShell.Section>
            <Text size="xs" fw={600} c="dimmed" px="sm" py={6} tt="uppercase" lts={0.6}>
              Settings
            </Text>
          </AppShell.Section>
          <AppShell.Section grow component={ScrollArea}>
            {sections.map(({ to, label, Icon }) => {
              const address = `/stores/${storeId}/${to}`
              return (
                <NavLink
                  key={to}
                  component={RouterNavLink}
                  to={address}
                  label={label}
                  active={pathname.startsWith(address)}
                  leftSection={<Icon size={18} stroke={1.8} aria-hidden />}
                  style={{ borderRadius: 'var(--mantine-radius-md)', marginBottom: 2 }}
                />
              )
            })}
          </AppShell.Section>
          <AppShell.Section>
            <NavLink
              href="/docs"
              label="API reference"
              leftSection={<IconBook size={18} stroke={1.8} aria-hidden />}
              style={{ borderRadius: 'var(--mantine-radius-md)' }}
            />
          </AppShell.Section>
        </AppShell.Navbar>
        <AppShell.Main id="main" tabIndex={-1} style={{ outline: 'none' }}>
          <Container size={1200} p={0}>
            <Outlet />
          </Container>
        </AppShell.Main>
      </AppShell>
      <ScrollRestoration />
    </LiveProvider>
  )
}
