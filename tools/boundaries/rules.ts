import { dirname, join } from 'node:path'
import type { Import } from './imports.ts'
import type { Project, ProjectType } from './workspace.ts'

/** What each type of project may import of the others (docs/adr/0002-module-boundaries.md). */
const reach: Record<ProjectType, readonly ProjectType[]> = {
  contracts: [],
  pure: ['pure', 'contracts'],
  infra: ['infra', 'pure', 'contracts'],
  app: ['infra', 'pure', 'contracts'],
  tooling: ['tooling', 'infra', 'pure', 'contracts'],
}

/** Tests may use whatever offers itself: of the apps, that is the demo store's sandboxes. */
const reachOfTests: readonly ProjectType[] = ['app', ...reach.tooling]

/** Where an import stands. */
export interface Place {
  project: Project
  /** From the root: `apps/credential-vault/src/domain/credential.ts`. */
  file: string
}

/**
 * What is wrong with an import, in a sentence; `undefined` when nothing is.
 *
 * @param projects of the whole workspace, by name.
 */
export function breach(place: Place, imported: Import, projects: ReadonlyMap<string, Project>): string | undefined {
  if (imported.from.startsWith('.')) return breachInside(place, imported)
  const [scope, name] = imported.from.split('/')
  if (scope !== '@cartly') return isDomain(place.file) ? breachOfDomain(imported) : undefined

  const target = projects.get(`${scope}/${name}`)
  if (!target) return `there is no workspace ${scope}/${name}`
  return breachBetween(place, imported, target)
}

function breachInside({ project, file }: Place, { from }: Import): string | undefined {
  const target = join(dirname(file), from)
  if (!target.startsWith(`${project.folder}/`))
    return `${from} leaves ${project.folder}: import the package by its name`
  if (isDomain(file) && !target.startsWith(`${project.folder}/src/domain/`)) {
    return `domain imports only domain: ${from} is outside`
  }
  return undefined
}

function breachBetween({ project, file }: Place, { from, typeOnly }: Import, target: Project): string | undefined {
  if (!target.entrances.includes(from))
    return `${target.name} offers ${target.entrances.join(', ') || 'nothing to import'}`
  const forTests = isForTests(file)
  if (!(forTests ? reachOfTests : reach[project.type]).includes(target.type)) {
    return `type:${project.type} does not import type:${target.type}`
  }
  if (isDomain(file) && target.type !== 'contracts' && !(target.type === 'pure' && typeOnly)) {
    return `domain imports only domain, contracts, and types of pure libraries`
  }
  if (forTests) return undefined
  if (!project.dependencies.includes(target.name)) return `${project.folder}/package.json does not name ${target.name}`
  if (!project.references.includes(target.name))
    return `${project.folder}/tsconfig.json does not reference ${target.folder}`
  return undefined
}

function breachOfDomain({ from }: Import): string | undefined {
  return from === 'node:crypto' ? undefined : `domain is pure: it imports nothing from outside but node:crypto`
}

/** Business rules of a service; their specs may use what specs use. */
function isDomain(file: string): boolean {
  return /^apps\/[^/]+\/src\/domain\//.test(file) && !isForTests(file)
}

/** Specs, and the folders `testing` that hold what several specs share. */
function isForTests(file: string): boolean {
  return file.endsWith('.spec.ts') || file.includes('/testing/')
}
