import { Alert, Badge, Button, SimpleGrid, Stack, Text, Title } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { notifications } from '@mantine/notifications'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import templateSchema from '#template-schema'
import { useMemo, useState, type ReactNode } from 'react'
import { answered, api } from '../api/client.ts'
import { useChange } from '../api/use-change.ts'
import { connectorQuery, type Connector } from '../integrations/queries.ts'
import { useService, type JsonSchema, type Service } from '../integrations/use-service.ts'
import { JsonEditor } from '../json/json-editor.tsx'
import { JsonView } from '../json/json-view.tsx'
import { useMay } from '../session/use-session.ts'
import { usePart, useStoreId } from '../shell/use-store-id.ts'
import { ConfirmButton } from '../ui/confirm-button.tsx'
import { Empty } from '../ui/empty.tsx'
import { Page } from '../ui/page.tsx'
import { PageLoading } from '../ui/page-loading.tsx'
import { ProblemAlert } from '../ui/problem-alert.tsx'
import { Read } from '../ui/read.tsx'
import { exampleOf } from './example-of.ts'

/** What is typed is tried out once the typing pauses. */
const PAUSE_MS = 250

const { $defs } = templateSchema as unknown as { $defs: Record<string, JsonSchema> }
const ruleSchema: JsonSchema = { $ref: '#/$defs/rule', $defs }

/** A mapping: an example on the left, the rules in the middle, what they make of it on the right. */
export function Component() {
  const connector = useQuery(connectorQuery(useStoreId(), usePart('connectorId')))
  return (
    <Read query={connector} what="the integration">
      {(found) => <WithService connector={found} />}
    </Read>
  )
}

function WithService({ connector }: { connector: Connector }) {
  const name = usePart('mapping')
  const { service, error } = useService(connector)
  if (error) return <ProblemAlert error={error} title="Could not load the service" />
  if (!service) return <PageLoading label="Loading the mapping" />
  if (!(name in service.mappings)) return <Empty title={`${service.name} has no mapping ${name}`} />
  return <MappingEditor key={`${name} ${connector.revision}`} connector={connector} service={service} name={name} />
}

function MappingEditor({ connector, service, name }: { connector: Connector; service: Service; name: string }) {
  const storeId = useStoreId()
  const mayWrite = useMay('integrations:write')
  const own = connector.mappings[name]
  const standard = service.mappings[name]?.rules
  const [input, setInput] = useState<unknown>(() => exampleOf(standard))
  const [rules, setRules] = useState<unknown>(own ?? standard)
  const [valid, setValid] = useState(true)
  const changed = JSON.stringify(rules) !== JSON.stringify(own ?? standard)

  const [asked] = useDebouncedValue({ mapping: rules, input }, PAUSE_MS)
  const preview = useQuery({
    queryKey: ['mapping-preview', asked],
    queryFn: () => answered(api.POST('/v1/mappings/preview', { body: asked })),
    placeholderData: keepPreviousData,
    staleTime: Infinity,
  })
  const save = useChange(storeId, (mappings: Record<string, unknown>) =>
    answered(
      api.PATCH('/v1/stores/{storeId}/connectors/{connectorId}', {
        params: {
          path: { storeId, connectorId: connector.id },
          header: { 'If-Match': `"${connector.revision}"` },
        },
        body: { mappings },
      }),
    ),
  )
  const found = preview.data?.error
  const refused = save.error?.problem.errors
  const errors = useMemo(
    () => [
      ...(found ? [found] : []),
      ...(refused ?? []).map(({ pointer, message }) => ({
        pointer: pointer.replace(`/mappings/${name}`, ''),
        message,
      })),
    ],
    [found, refused, name],
  )
  const { [name]: _, ...others } = connector.mappings
  return (
    <Page
      title={name}
      badge={
        own !== undefined && (
          <Badge tt="none" variant="light" color="violet">
            Your own
          </Badge>
        )
      }
      description={service.mappings[name]?.description}
      crumbs={[
        { label: 'Integrations', to: `/stores/${storeId}/integrations` },
        { label: connector.name, to: `/stores/${storeId}/integrations/${connector.id}/mappings` },
      ]}
      actions={
        mayWrite && (
          <>
            {own !== undefined && (
              <ConfirmButton
                label="Back to the template’s"
                title={`Give up your own ${name}?`}
                consequence="The template’s mapping takes its place with the next run. Yours stays readable in the history."
                confirm="Give it up"
                onConfirm={() => save.mutateAsync(others)}
              />
            )}
            {changed && (
              <Button variant="default" onClick={() => setRules(own ?? standard)}>
                Discard changes
              </Button>
            )}
            <Button
              disabled={!changed || !valid}
              loading={save.isPending}
              onClick={() =>
                save.mutate(
                  { ...others, [name]: rules },
                  {
                    onSuccess: () =>
                      notifications.show({ message: 'Saved. Test the connection, then it is used with the next run.' }),
                  },
                )
              }
            >
              Save
            </Button>
          </>
        )
      }
    >
      {save.error && <ProblemAlert error={save.error} title="The mapping was not saved" />}
      <SimpleGrid cols={{ base: 1, md: 3 }}>
        <Column title="Example">
          <JsonEditor label="Example input" value={input} onChange={setInput} minHeight={360} />
        </Column>
        <Column title="Mapping">
          <JsonEditor
            label={`Rules of ${name}`}
            value={rules}
            onChange={setRules}
            onValid={setValid}
            schema={ruleSchema}
            errors={errors}
            minHeight={360}
            readOnly={!mayWrite}
          />
        </Column>
        <Column title="Result">
          <div aria-live="polite">
            {preview.error ? (
              <ProblemAlert error={preview.error} title="It could not be tried" />
            ) : found ? (
              <Alert color="red" title="These rules do not work on this example">
                <Text size="sm">{found.message}</Text>
                <Text size="xs" c="dimmed">
                  at {found.pointer || 'the top'}
                </Text>
              </Alert>
            ) : (
              preview.data && (
                <JsonView
                  label="What comes of it"
                  value={preview.data.output === undefined ? '(nothing)' : preview.data.output}
                  maxHeight={520}
                />
              )
            )}
          </div>
        </Column>
      </SimpleGrid>
    </Page>
  )
}

const Column = ({ title, children }: { title: string; children: ReactNode }) => (
  <Stack component="section" gap="xs" miw={0} aria-label={title}>
    <Title order={2} size="h5">
      {title}
    </Title>
    {children}
  </Stack>
)
