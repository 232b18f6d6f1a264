import { Button, Collapse, Stack } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react'
import { useId, type ReactNode } from 'react'

/** Something few need, behind a button that says what it is. */
export function Disclosure({
  label,
  opened = false,
  children,
}: {
  label: string
  opened?: boolean
  children: ReactNode
}) {
  const [open, { toggle }] = useDisclosure(opened)
  const id = useId()
  const Chevron = open ? IconChevronDown : IconChevronRight
  return (
    <Stack gap="xs">
      <Button
        variant="subtle"
        color="gray"
        size="compact-sm"
        onClick={toggle}
        aria-expanded={open}
        aria-controls={id}
        leftSection={<Chevron size={14} aria-hidden />}
        style={{ alignSelf: 'start' }}
      >
        {label}
      </Button>
      <Collapse expanded={open} id={id}>
        {children}
      </Collapse>
    </Stack>
  )
}
