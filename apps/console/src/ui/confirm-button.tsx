import { Button, Group, Modal, Stack, type ButtonProps } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useState, type ReactNode } from 'react'
import { ProblemAlert } from './problem-alert.tsx'

interface ConfirmButtonProps extends ButtonProps {
  readonly label: string
  /** As a question. */
  readonly title: string
  /** What will happen, and whether it can be undone. */
  readonly consequence: ReactNode
  /** The verb of what is done. */
  readonly confirm: string
  readonly onConfirm: () => Promise<unknown>
}

/** A button for what destroys something: says what will happen before it does. Stays open, with the reason, on failure. */
export function ConfirmButton({ label, title, consequence, confirm, onConfirm, ...button }: ConfirmButtonProps) {
  const [opened, { open, close }] = useDisclosure()
  const [running, setRunning] = useState(false)
  const [error, setError] = useState<Error>()
  const run = async () => {
    setRunning(true)
    setError(undefined)
    try {
      await onConfirm()
      close()
    } catch (reason) {
      setError(reason as Error)
    } finally {
      setRunning(false)
    }
  }
  return (
    <>
      <Button variant="default" {...button} onClick={open}>
        {label}
      </Button>
      <Modal opened={opened} onClose={close} title={title} centered>
        <Stack>
          <div>{consequence}</div>
          {error && <ProblemAlert error={error} title="That did not work" />}
          <Group justify="flex-end">
            <Button variant="default" onClick={close} data-autofocus>
              Cancel
            </Button>
            <Button color="red" loading={running} onClick={() => void run()}>
              {confirm}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  )
}
