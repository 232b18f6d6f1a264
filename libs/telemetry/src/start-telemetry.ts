import { context, diag, DiagLogLevel } from '@opentelemetry/api'
import { createLogger } from './logging/logger.ts'
import { AsyncContext } from './tracing/async-context.ts'
import { recordSpans } from './tracing/span.ts'

export interface TelemetrySettings {
  /** `service.name` of every span, metric and log: the name of the app, such as `webhook-dispatcher`. */
  readonly service: string
  /** `service.version`. */
  readonly version: string
}

export interface Telemetry {
  /** Whether spans, metrics and logs leave this process. */
  readonly exporting: boolean
  /**
   * Sends what is buffered, waiting at most `timeoutMs` (3,000) for the collector; never throws.
   * Once, at the very end; then exit, because an export still waiting would keep the process alive.
   */
  shutdown(timeoutMs?: number): Promise<void>
}

/**
 * Starts telemetry for this process; call it once, before anything connects.
 *
 * With `OTEL_EXPORTER_OTLP_ENDPOINT` set, traces, metrics and logs go there over OTLP; every standard `OTEL_*` variable
 * counts (sampler, intervals, headers, `OTEL_EXPORTER_OTLP_PROTOCOL`, `OTEL_RESOURCE_ATTRIBUTES`).
 * Without it the SDK is not even loaded: spans and metrics cost nothing, and trace context is still handed on.
 * https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
 */
export async function startTelemetry(settings: TelemetrySettings): Promise<Telemetry> {
  const contextManager = new AsyncContext()
  if (!process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] || process.env['OTEL_SDK_DISABLED'] === 'true') {
    context.setGlobalContextManager(contextManager)
    return { exporting: false, shutdown: async () => {} }
  }
  reportExportFailures(settings.service)
  const [{ NodeSDK }, resources] = await Promise.all([
    import('@opentelemetry/sdk-node'),
    import('@opentelemetry/resources'),
  ])
  const sdk = new NodeSDK({
    contextManager,
    // Trace context is carried by `traceHeaders` and `injectTrace`; baggage must not leak to outside services.
    textMapPropagator: null,
    resource: resources.defaultResource().merge(
      resources.resourceFromAttributes({
        'service.namespace': 'cartly',
        'service.name': settings.service,
        'service.version': settings.version,
      }),
    ),
    // Without the process detector, whose command line may hold a secret.
    resourceDetectors: [resources.serviceInstanceIdDetector, resources.hostDetector, resources.envDetector],
  })
  sdk.start()
  recordSpans()
  return { exporting: true, shutdown: (timeoutMs = 3_000) => settledWithin(sdk.shutdown(), timeoutMs) }
}

/** The SDK's own warnings go to standard output alone: sent to the collector that fails, they would feed themselves. */
function reportExportFailures(service: string): void {
  const log = createLogger(service, { exported: false })
  diag.setLogger(
    {
      error: (message) => log.error(`OpenTelemetry: ${message}`),
      warn: (message) => log.warn(`OpenTelemetry: ${message}`),
      info: (message) => log.info(`OpenTelemetry: ${message}`),
      debug: (message) => log.debug(`OpenTelemetry: ${message}`),
      verbose: (message) => log.debug(`OpenTelemetry: ${message}`),
    },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  )
}

async function settledWithin(work: Promise<void>, timeoutMs: number): Promise<void> {
  const deadline = Promise.withResolvers<void>()
  const timer = setTimeout(deadline.resolve, timeoutMs)
  // A collector that is away is reported through `diag`, and must not fail the service's own shutdown.
  await Promise.race([work.catch(() => {}), deadline.promise])
  clearTimeout(timer)
}
