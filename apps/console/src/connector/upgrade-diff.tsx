import { Badge, Code, Group, Stack, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import type { Schemas } from '../api/client.ts'

type Diff = Schemas['UpgradeDiff']

const colors: Record<string, string> = { added: 'green', removed: 'red' }

const Change = ({ change }: { change: string }) => (
  <Badge variant="light" tt="none" color={colors[change] ?? 'yellow'}>
    {change}
  </Badge>
)

/** What a move to another version would change. */
export function UpgradeDiff({ diff: { settings, hooks, mappings } }: { diff: Diff }) {
  if (settings.length + hooks.length + mappings.length === 0) return <Text>Nothing that you could notice changes.</Text>
  return (
    <Stack>
      <Part title="Settings" count={settings.length}>
        {settings.map(({ pointer, change, before, after }) => (
          <li key={pointer}>
            <Group gap="xs">
              <Change change={change} />
              <Code>{pointer}</Code>
              {before !== undefined && (
                <del>
                  <Code>{JSON.stringify(before)}</Code>
                </del>
              )}
              {after !== undefined && (
                <ins style={{ textDecoration: 'none' }}>
                  <Code>{JSON.stringify(after)}</Code>
                </ins>
              )}
            </Group>
          </li>
        ))}
      </Part>
      <Part title="Hooks" count={hooks.length}>
        {hooks.map(({ name, change }) => (
          <li key={name}>
            <Group gap="xs">
              <Change change={change} />
              <Code>{name}</Code>
            </Group>
          </li>
        ))}
      </Part>
      <Part title="Mappings" count={mappings.length}>
        {mappings.map(({ name, change, overridden }) => (
          <li key={name}>
            <Group gap="xs">
              <Change change={change} />
              <Code>{name}</Code>
              {overridden && <Text size="sm">yours stays in place; look whether it still fits</Text>}
            </Group>
          </li>
        ))}
      </Part>
    </Stack>
  )
}

function Part({ title, count, children }: { title: string; count: number; children: ReactNode }) {
  if (count === 0) return null
  return (
    <div>
      <Title order={3} size="h5" mb={4}>
        {title}
      </Title>
      <Stack component="ul" gap={6} p={0} m={0} style={{ listStyle: 'none' }}>
        {children}
      </Stack>
    </div>
  )
}
