import {
  metrics,
  type Attributes,
  type Counter,
  type Histogram,
  type Meter,
  type MeterProvider,
  type ObservableCallback,
  type UpDownCounter,
} from '@opentelemetry/api'

/** Boundaries in seconds for what crosses a network, as the HTTP conventions advise. */
export const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 15, 30]

/** Boundaries in seconds for work inside the machine: a message handled, a decision made. */
export const FINE_SECONDS = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5]

/** The meter of this process; no-op until `startTelemetry` finds a collector. */
export const meter = (): Meter => metrics.getMeter('@cartly/telemetry')

/**
 * An instrument may be declared as a module's constant, before telemetry has started. The API hands out no proxies for
 * instruments as it does for tracers, so one made too early would stay silent; ours is made at its first use.
 */
function whenUsed<T>(create: (from: Meter) => T): () => T {
  let provider: MeterProvider | undefined
  let instrument: T
  return () => {
    const current = metrics.getMeterProvider()
    if (current !== provider) {
      provider = current
      instrument = create(meter())
    }
    return instrument
  }
}

/** A histogram of durations in seconds. */
export function durations(
  name: string,
  description: string,
  boundaries: number[] = SECONDS,
): Pick<Histogram, 'record'> {
  const histogram = whenUsed((from) =>
    from.createHistogram(name, { description, unit: 's', advice: { explicitBucketBoundaries: boundaries } }),
  )
  return { record: (seconds: number, attributes?: Attributes) => histogram().record(seconds, attributes) }
}

/** A count that only grows. `unit` is UCUM, such as `{message}`. */
export function counter(name: string, description: string, unit: string): Pick<Counter, 'add'> {
  const made = whenUsed((from) => from.createCounter(name, { description, unit }))
  return { add: (value: number, attributes?: Attributes) => made().add(value, attributes) }
}

/** A count that also shrinks: what is in flight. */
export function upDownCounter(name: string, description: string, unit: string): Pick<UpDownCounter, 'add'> {
  const made = whenUsed((from) => from.createUpDownCounter(name, { description, unit }))
  return { add: (value: number, attributes?: Attributes) => made().add(value, attributes) }
}

/** A value read by `observe` whenever metrics are collected: backlog size, consumer lag. Call after `startTelemetry`. */
export function gauge(name: string, description: string, unit: string, observe: ObservableCallback): void {
  meter().createObservableGauge(name, { description, unit }).addCallback(observe)
}
