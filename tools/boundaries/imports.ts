import { parseSync } from 'oxc-parser'

/** One `import`, `export … from` or `import()` of a file. */
export interface Import {
  /** What is imported: `./domain/connector.ts`, `@cartly/contracts`, `node:crypto`. */
  from: string
  /** Whether nothing of it is left once types are stripped. */
  typeOnly: boolean
  line: number
}

/** Every import of a TypeScript source; `import()` of what is not a plain string is left out. */
export function importsOf(file: string, source: string): Import[] {
  const { module, errors } = parseSync(file, source)
  if (errors[0]) throw new Error(`${file}: ${errors[0].message}`)
  const line = (offset: number) => source.slice(0, offset).split('\n').length

  const imports = module.staticImports.map(({ moduleRequest, entries, start }) => ({
    from: moduleRequest.value,
    typeOnly: entries.length > 0 && entries.every(({ isType }) => isType),
    line: line(start),
  }))
  const exports = module.staticExports
    .flatMap(({ entries }) => entries)
    .flatMap(({ moduleRequest, isType, start }) =>
      moduleRequest ? [{ from: moduleRequest.value, typeOnly: isType, line: line(start) }] : [],
    )
  const dynamic = module.dynamicImports.flatMap(({ moduleRequest, start }) => {
    const [, from] = /^(?:'|")(.*)(?:'|")$/.exec(source.slice(moduleRequest.start, moduleRequest.end)) ?? []
    return from === undefined ? [] : [{ from, typeOnly: false, line: line(start) }]
  })
  return [...imports, ...exports, ...dynamic].toSorted((a, b) => a.line - b.line)
}
