import { ActionIcon, Button, Group, Menu, useComputedColorScheme, useMantineColorScheme } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { IconBuildingStore, IconLogout, IconMoon, IconSun, IconUser } from '@tabler/icons-react'
import { useNavigate } from 'react-router'
import { lastStore } from './last-store.ts'
import { signOut } from '../session/session.ts'
import { useSession } from '../session/use-session.ts'

export function AccountMenu() {
  const { actor, stores, expiresAt } = useSession()
  const client = useQueryClient()
  const navigate = useNavigate()
  const { setColorScheme } = useMantineColorScheme()
  const scheme = useComputedColorScheme('light')
  const other = scheme === 'dark' ? 'light' : 'dark'
  const leave = async () => {
    const elsewhere = await signOut()
    if (elsewhere) return location.assign(elsewhere)
    client.clear()
    client.setQueryData(['session'], null)
  }
  return (
    <Group gap="xs" wrap="nowrap">
      <ActionIcon
        variant="subtle"
        color="gray"
        size="lg"
        aria-label={`Switch to ${other} colours`}
        onClick={() => setColorScheme(other)}
      >
        {scheme === 'dark' ? <IconSun size={18} aria-hidden /> : <IconMoon size={18} aria-hidden />}
      </ActionIcon>
      <Menu position="bottom-end" width={240}>
        <Menu.Target>
          <Button variant="subtle" color="gray" px="xs" leftSection={<IconUser size={18} aria-hidden />}>
            {nameOf(actor)}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>Signed in until {new Date(expiresAt).toLocaleString()}</Menu.Label>
          {(stores === '*' || stores.length > 1) && (
            <Menu.Item
              leftSection={<IconBuildingStore size={16} aria-hidden />}
              onClick={() => {
                lastStore.forget()
                void navigate('/')
              }}
            >
              Another store
            </Menu.Item>
          )}
          <Menu.Item leftSection={<IconLogout size={16} aria-hidden />} onClick={() => void leave()}>
            Sign out
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </Group>
  )
}

/** Actors are written `user:ada` or `service:…`. */
const nameOf = (actor: string): string => actor.replace(/^[a-z]+:/, '')
