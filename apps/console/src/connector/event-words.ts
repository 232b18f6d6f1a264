const words: Readonly<Record<string, string>> = {
  ConnectorInstalled: 'Installed',
  ConnectorConfigured: 'Changed',
  ConnectorCredentialsAttached: 'Credentials stored',
  ConnectorCredentialsDetached: 'Credentials destroyed',
  ConnectorTested: 'Connection tested',
  ConnectorActivated: 'Activated',
  ConnectorDeactivated: 'Deactivated',
  ConnectorNeedsAttention: 'Needs attention',
  ConnectorRecovered: 'Works again',
  ConnectorScopesGranted: 'Access granted',
  ConnectorUpgraded: 'Moved to another version',
  ConnectorRolledBack: 'Rolled back',
  ConnectorRemoved: 'Removed',
}

/** An event's type, as a merchant says it; `FooBarred` as "Foo barred" when there is no better word. */
export const connectorEventWords = (type: string): string =>
  words[type] ?? type.replaceAll(/(?<=[a-z])([A-Z])/g, (letter) => ` ${letter.toLowerCase()}`)
