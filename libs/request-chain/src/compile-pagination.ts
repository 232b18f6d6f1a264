import { isRead, type RequestContext } from './compile-request.ts'
import type { CompiledPagination } from './compiled-chain.ts'
import type { StepDefinition } from './definition/step.ts'

export function compilePagination(
  { paginate, request }: StepDefinition,
  pointer: string,
  { compile, report }: RequestContext,
): CompiledPagination | undefined {
  if (!paginate) return undefined
  if ('parameter' in paginate && Object.hasOwn(request.query ?? {}, paginate.parameter)) {
    const at = `${pointer}/request/query/${paginate.parameter}`
    report('bad_pagination', at, `"${paginate.parameter}" is set by the pagination`)
  }
  if (!isRead(request.method)) {
    report('bad_pagination', `${pointer}/paginate`, 'only a reading request can be paged through')
  }
  return {
    definition: paginate,
    items: compile(paginate.items, `${pointer}/paginate/items`, 'list'),
    next: 'next' in paginate ? compile(paginate.next, `${pointer}/paginate/next`, 'scalar') : undefined,
  }
}
