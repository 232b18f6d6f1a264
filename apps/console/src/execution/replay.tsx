import { Button, Group, Modal, Radio, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useState } from 'react'
import { useNavigate } from 'react-router'
import { answered, api } from '../api/client.ts'
import { useChange } from '../api/use-change.ts'
import type { Execution } from '../integrations/queries.ts'
import { justRun } from './just-run.ts'
import { useMay } from '../session/use-session.ts'
import { useStoreId } from '../shell/use-store-id.ts'
import { ProblemAlert } from '../ui/problem-alert.tsx'

/** Runs it again with the same input, and goes to the new run. */
export function Replay({ run }: { run: Execution }) {
  const storeId = useStoreId()
  const navigate = useNavigate()
  const may = useMay('executions:replay')
  const [opened, { open, close }] = useDisclosure()
  const [configuration, setConfiguration] = useState<'current' | 'original'>('current')
  const replay = useChange(storeId, () =>
    answered(
      api.POST('/v1/stores/{storeId}/executions/{executionId}/replay', {
        params: { path: { storeId, executionId: run.id } },
        body: { configuration },
      }),
    ),
  )
  if (!may) return null
  return (
    <>
      <Button
        onClick={open}
        disabled={run.input.truncated}
        title={run.input.truncated ? 'Its input was too large to be kept' : undefined}
      >
        Run again
      </Button>
      <Modal opened={opened} onClose={close} title={`Run ${run.hook} again?`} centered>
        <Stack>
          <Text size="sm">
            The service is called for real, with the same input.
            {run.error?.class === 'unknown' &&
              ' It is not known whether the first run was carried out: look there first.'}
          </Text>
          <Radio.Group
            label="With which configuration?"
            value={configuration}
            onChange={(value) => setConfiguration(value === 'original' ? 'original' : 'current')}
          >
            <Stack gap="xs" mt="xs">
              <Radio value="current" label="Today’s" />
              <Radio
                value="original"
                label="That of the day"
                description="To see whether a later change made the difference"
              />
            </Stack>
          </Radio.Group>
          {replay.error && <ProblemAlert error={replay.error} title="It could not be run again" />}
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              Cancel
            </Button>
            <Button
              loading={replay.isPending}
              onClick={() =>
                replay.mutate(undefined, {
                  onSuccess: ({ executionId }) =>
                    void navigate(`/stores/${storeId}/executions/${executionId}`, { state: justRun }),
                })
              }
            >
              Run again
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  )
}
