import { Anchor, Breadcrumbs, Group, Stack, Text, Title } from '@mantine/core'
import { useEffect, useEffectEvent, useRef, type ReactNode } from 'react'
import { Link, useNavigationType } from 'react-router'

interface PageProps {
  readonly title: string
  /** The title is an address: smaller, as it may be long. */
  readonly address?: boolean
  /** Beside the title: a status. */
  readonly badge?: ReactNode
  readonly description?: ReactNode
  /** The way here, outermost first. */
  readonly crumbs?: readonly { label: string; to: string }[]
  readonly actions?: ReactNode
  readonly children: ReactNode
}

/** A page: its name in the tab, the way here, its heading, what can be done, and its content. */
export function Page({ title, address = false, badge, description, crumbs, actions, children }: PageProps) {
  const heading = useRef<HTMLHeadingElement>(null)
  const navigation = useNavigationType()
  // A screen reader is told of the new page by its heading; on the first load the browser does that.
  const focusHeading = useEffectEvent(() => {
    if (navigation !== 'POP') heading.current?.focus({ preventScroll: true })
  })
  useEffect(() => focusHeading(), [])
  return (
    <Stack gap="lg">
      <title>{`${title} · Cartly integrations`}</title>
      <Stack gap={6}>
        {crumbs && (
          <Breadcrumbs component="nav" aria-label="Breadcrumb" separatorMargin={6}>
            {crumbs.map(({ label, to }) => (
              <Anchor key={to} component={Link} to={to} size="sm">
                {label}
              </Anchor>
            ))}
          </Breadcrumbs>
        )}
        <Group justify="space-between" align="flex-start" gap="md">
          <Stack gap={6} flex="1 1 20rem" miw={0}>
            <Group gap="sm">
              <Title
                order={1}
                ref={heading}
                tabIndex={-1}
                miw={0}
                style={{ overflowWrap: 'anywhere' }}
                {...(address ? { size: 'h4' } : {})}
              >
                {title}
              </Title>
              {badge}
            </Group>
            {description && (
              <Text c="dimmed" component="div" maw={720}>
                {description}
              </Text>
            )}
          </Stack>
          {actions && <Group gap="xs">{actions}</Group>}
        </Group>
      </Stack>
      {children}
    </Stack>
  )
}
