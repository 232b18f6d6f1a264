import type { Connector } from '../integrations/queries.ts'
import type { Service } from '../integrations/use-service.ts'
import type { Step } from './steps.tsx'

/** The steps that come after a connector has been installed, by their name in the address. */
export const setupSteps = ['credentials', 'settings', 'mappings', 'test', 'activate'] as const
export type SetupStep = (typeof setupSteps)[number]
export const isSetupStep = (name: string | undefined): name is SetupStep =>
  (setupSteps as readonly (string | undefined)[]).includes(name)

const labels: Record<SetupStep, string> = {
  credentials: 'Credentials',
  settings: 'Settings',
  mappings: 'Mappings',
  test: 'Test',
  activate: 'Activate',
}

/** Whether the stored credentials are all that the service asks for; OAuth asks for consent beside them. */
export const hasCredentials = (connector: Connector, service: Service, consent: boolean): boolean =>
  (service.credentialFields.length === 0 || connector.credentials.set) && (connector.authType !== 'oauth2' || consent)

/** Where a setup that was left is taken up again. */
export function nextStep(connector: Connector, credentials: boolean): SetupStep {
  if (!credentials) return 'credentials'
  if (connector.status === 'ready' || connector.status === 'inactive') return 'activate'
  if (connector.lastTest && !connector.lastTest.ok) return 'test'
  return 'settings'
}

/** All seven steps of a setup, from the choice in the catalogue on. */
export function stepsOf(connector: Connector, credentials: boolean, address: string): Step[] {
  const passed = connector.status === 'ready' || connector.status === 'active'
  const done: Record<SetupStep, boolean> = {
    credentials,
    settings: passed,
    mappings: passed,
    test: passed,
    activate: connector.status === 'active',
  }
  return [
    { label: 'Choose', done: true },
    { label: 'Install', done: true },
    ...setupSteps.map((step) => ({ label: labels[step], done: done[step], to: `${address}/setup/${step}` })),
  ]
}
