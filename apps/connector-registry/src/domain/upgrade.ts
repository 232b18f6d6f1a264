import type { UpgradeDiff } from '@cartly/contracts'

/** What of a template's version an upgrade looks at. */
export interface Version {
  readonly version: string
  /** JSON Schema of the settings. */
  readonly settings: { readonly properties?: Readonly<Record<string, { readonly default?: unknown }>> }
  readonly hooks: Readonly<Record<string, unknown>>
  readonly mappings: Readonly<Record<string, unknown>>
}

/** What a store has set on top of it. */
export interface Overrides {
  readonly settings: Readonly<Record<string, unknown>>
  readonly mappings: Readonly<Record<string, unknown>>
}

export interface Upgrade extends Overrides {
  readonly diff: UpgradeDiff
}

/**
 * What becomes of a connector's settings and mappings in another version of its template: all are kept that it still
 * knows, and new settings get their default.
 */
export function planUpgrade(from: Version, to: Version, own: Overrides): Upgrade {
  const known = to.settings.properties ?? {}
  const kept = pick(own.settings, (name) => name in known)
  const added = Object.entries(known).filter(([name, { default: value }]) => !(name in kept) && value !== undefined)
  const settings = { ...kept, ...Object.fromEntries(added.map(([name, { default: value }]) => [name, value])) }
  const mappings = pick(own.mappings, (name) => name in to.mappings)
  return {
    settings,
    mappings,
    diff: {
      from: from.version,
      to: to.version,
      settings: settingsDiff(own.settings, settings),
      hooks: changes(from.hooks, to.hooks),
      mappings: changes(from.mappings, to.mappings).map((change) => ({
        ...change,
        overridden: change.name in own.mappings,
      })),
    },
  }
}

function settingsDiff(before: Overrides['settings'], after: Overrides['settings']): UpgradeDiff['settings'] {
  return changes(before, after).map(({ name, change }) => ({
    pointer: `/${name}`,
    change,
    ...(name in before ? { before: before[name] } : {}),
    ...(name in after ? { after: after[name] } : {}),
  }))
}

function changes(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): { name: string; change: string }[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].toSorted()
  return names.flatMap((name) => {
    if (!(name in before)) return [{ name, change: 'added' }]
    if (!(name in after)) return [{ name, change: 'removed' }]
    return JSON.stringify(before[name]) === JSON.stringify(after[name]) ? [] : [{ name, change: 'changed' }]
  })
}

const pick = (of: Readonly<Record<string, unknown>>, keep: (name: string) => boolean): Record<string, unknown> =>
  Object.fromEntries(Object.entries(of).filter(([name]) => keep(name)))
