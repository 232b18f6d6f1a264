import { isDeepStrictEqual } from 'node:util'
import { encodeForm, previewChain, type Preview } from '@cartly/request-chain'
import { sampleIssues, unusedResponses } from './check-sample.ts'
import type { CompiledTemplate } from './compile-template.ts'
import { credentialFields } from './credential-fields.ts'
import type { Sample, TemplateDefinition } from './definition.ts'

export interface SampleResult {
  readonly sample: Sample
  /** What differs from what the sample says; empty when nothing does. */
  readonly problems: readonly string[]
}

/** Runs samples against their own canned answers; nothing is sent. */
export function runSamples(template: CompiledTemplate, samples: readonly Sample[]): Promise<SampleResult[]> {
  return Promise.all(samples.map(async (sample) => ({ sample, problems: await problemsOf(template, sample) })))
}

async function problemsOf(template: CompiledTemplate, sample: Sample): Promise<string[]> {
  const issues = sampleIssues(template.definition, sample)
  const chain = template.hooks.get(sample.hook)
  if (issues.length > 0 || !chain) return issues
  const { settings = {}, connection = {} } = sample
  const baseUrl = template.baseUrl({ settings, connection })
  const preview = await previewChain(chain, {
    input: sample.input,
    settings,
    connection,
    ...(sample.event ? { event: sample.event } : {}),
    execution: { id: 'exec_sample', key: 'sample' },
    baseUrl,
    auth: template.definition.auth,
    credentials: sampleCredentials(template.definition),
    responses: sample.responses,
  })
  const problems = [...requestProblems(sample, preview, baseUrl), ...outcomeProblems(sample, preview)]
  return problems.length > 0 ? problems : unusedResponses(sample, preview)
}

/** Made-up values for every credential field. */
export const sampleCredentials = ({ auth }: TemplateDefinition): Record<string, string> => ({
  ...Object.fromEntries(credentialFields(auth).map(({ name }) => [name, `sample-${name}`])),
  ...(auth.type === 'oauth2' ? { accessToken: 'sample-accessToken' } : {}),
})

function requestProblems({ requests }: Sample, preview: Preview, baseUrl: string): string[] {
  if (!requests) return []
  const base = new URL(baseUrl)
  const sent = preview.requests.map((request) => {
    const url = new URL(request.url)
    return { ...request, path: url.pathname.slice(base.pathname.replace(/\/$/, '').length) + url.search }
  })
  const expectedLines = requests.map(line)
  const sentLines = sent.map(line)
  if (!isDeepStrictEqual(expectedLines, sentLines)) {
    return [`it sends\n  ${sentLines.join('\n  ') || 'nothing'}\ninstead of\n  ${expectedLines.join('\n  ')}`]
  }
  return requests.flatMap((expected, index) => {
    const actual = sent[index]!
    const problems: string[] = []
    const body = expected.form ? encodeForm(expected.form) : expected.body
    if (body !== undefined && !isDeepStrictEqual(body, actual.body)) {
      problems.push(`${line(expected)} has the body ${show(actual.body)} instead of ${show(body)}`)
    }
    for (const [name, value] of Object.entries(expected.headers ?? {})) {
      const found = actual.headers[name.toLowerCase()]
      if (found !== value)
        problems.push(`${line(expected)} has the header ${name} ${show(found)} instead of ${show(value)}`)
    }
    return problems
  })
}

function outcomeProblems(sample: Sample, { output, error }: Preview): string[] {
  if (sample.error) {
    if (!error) return [`it succeeds with ${show(output)} instead of failing as ${sample.error.class}`]
    const { class: wanted, code } = sample.error
    const fits = error.class === wanted && (code === undefined || error.code === code)
    return fits
      ? []
      : [`it fails as ${error.class} ${error.code} (${error.message}) instead of ${wanted} ${code ?? ''}`]
  }
  if (error) return [`it fails: ${error.message}`]
  if (sample.output === undefined || isDeepStrictEqual(sample.output, output)) return []
  return [`it gives ${show(output)} instead of ${show(sample.output)}`]
}

const show = (value: unknown): string => JSON.stringify(value) ?? 'nothing'

const line = ({ step, method, path }: { step: string; method: string; path: string }): string =>
  `${step}: ${method} ${path}`
