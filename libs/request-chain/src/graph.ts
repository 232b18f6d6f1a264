/** Steps by id with the ids each waits for. */
export type Graph = ReadonlyMap<string, readonly string[]>

/** A cycle in the graph, as the ids along it, first and last the same; `undefined` when there is none. */
export function findCycle(graph: Graph): string[] | undefined {
  const done = new Set<string>()
  const path: string[] = []
  const visit = (id: string): string[] | undefined => {
    if (done.has(id)) return undefined
    const seen = path.indexOf(id)
    if (seen >= 0) return [...path.slice(seen), id]
    path.push(id)
    for (const next of graph.get(id) ?? []) {
      const cycle = visit(next)
      if (cycle) return cycle
    }
    path.pop()
    done.add(id)
    return undefined
  }
  for (const id of graph.keys()) {
    const cycle = visit(id)
    if (cycle) return cycle
  }
  return undefined
}
