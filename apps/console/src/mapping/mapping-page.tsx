import { Badge, Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { shownAsError } from '../api/use-change.ts'
import { useConfigure } from '../connector/use-configure.ts'
import { connectorQuery, type Connector } from '../integrations/queries.ts'
import { useService, type Service } from '../integrations/use-service.ts'
import { useMay } from '../session/use-session.ts'
import { usePart, useStoreId } from '../shell/use-store-id.ts'
import { ConfirmButton } from '../ui/confirm-button.tsx'
import { Empty } from '../ui/empty.tsx'
import { notifyWithUndo } from '../ui/notify-with-undo.tsx'
import { Page } from '../ui/page.tsx'
import { PageLoading } from '../ui/page-loading.tsx'
import { ProblemAlert } from '../ui/problem-alert.tsx'
import { Read } from '../ui/read.tsx'
import { MappingTrial } from './mapping-trial.tsx'
import { exampleOf } from './example-of.ts'

/** A mapping of a connector: tried on an example, replaced by one's own, and given back to the template. */
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
  return (
    <MappingEditor
      key={`${name} ${JSON.stringify(connector.mappings[name])}`}
      connector={connector}
      service={service}
      name={name}
    />
  )
}

function MappingEditor({ connector, service, name }: { connector: Connector; service: Service; name: string }) {
  const storeId = useStoreId()
  const mayWrite = useMay('integrations:write')
  const own = connector.mappings[name]
  const standard = service.mappings[name]?.rules
  const [input, setInput] = useState<unknown>(() => exampleOf(standard))
  const [rules, setRules] = useState<unknown>(own ?? standard)
  const [valid, setValid] = useState(true)
  const standards = Object.fromEntries(Object.entries(service.mappings).map(([each, one]) => [each, one.rules]))
  const changed = JSON.stringify(rules) !== JSON.stringify(own ?? standard)

  const save = useConfigure(connector)
  // Not as a callback of `mutate`: what is saved draws this part of the page anew, and with it such callbacks are gone.
  const saveRules = async () => {
    const { revision } = await save.mutateAsync({
      change: { mappings: { [name]: rules } },
      revision: connector.revision,
    })
    notifyWithUndo('Saved. Test the connection, then it is used with the next run.', () =>
      save.mutateAsync({ change: { mappings: { [name]: own ?? null } }, revision }),
    )
  }
  const problems = save.error?.problem.errors
  const refused = useMemo(
    () => (problems ?? []).map((error) => ({ ...error, pointer: error.pointer.replace(`/mappings/${name}`, '') })),
    [problems, name],
  )
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
                onConfirm={() =>
                  save.mutateAsync({ change: { mappings: { [name]: null } }, revision: connector.revision })
                }
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
              onClick={() => void saveRules().catch(shownAsError)}
            >
              Save
            </Button>
          </>
        )
      }
    >
      {save.error && <ProblemAlert error={save.error} title="The mapping was not saved" />}
      <MappingTrial
        name={name}
        mappings={{ ...standards, ...connector.mappings, [name]: rules }}
        input={input}
        onInput={setInput}
        rules={rules}
        onRules={setRules}
        onValid={setValid}
        refused={refused}
        readOnly={!mayWrite}
      />
    </Page>
  )
}
