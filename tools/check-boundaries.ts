import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { importsOf } from './boundaries/imports.ts'
import { breach } from './boundaries/rules.ts'
import { readWorkspace } from './boundaries/workspace.ts'

// Holds the workspaces to docs/adr/0002-module-boundaries.md: prints each import that breaks a rule, and exits 1.

const root = join(import.meta.dirname, '..')
const projects = readWorkspace(root)
const byName = new Map(projects.map((project) => [project.name, project]))

const breaches = projects.flatMap((project) =>
  project.files.flatMap((file) =>
    importsOf(file, readFileSync(join(root, file), 'utf8')).flatMap((imported) => {
      const wrong = breach({ project, file }, imported, byName)
      return wrong === undefined ? [] : [`${file}:${imported.line}  ${imported.from}: ${wrong}`]
    }),
  ),
)
for (const line of breaches) console.error(line)
if (breaches.length > 0) process.exitCode = 1
