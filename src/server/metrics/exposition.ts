import { Counter, collectDefaultMetrics, Gauge, type Metric, type MetricObject, Registry } from 'prom-client'
import type { Histogram } from '../../runtime/shared/metrics/histogram.ts'
import type { Labelled } from '../../runtime/shared/metrics/labelled.ts'
import type { Metrics } from '../../runtime/shared/metrics/metrics.ts'

/** What is read at each scrape besides what is counted. */
export interface MetricSources {
  metrics: Metrics
  version: string
  /** How many runs are in memory. */
  loaded(): number
  /** How many runs, steps and calls wait, by what they wait for. */
  queues(): Readonly<Record<string, number>>
  /** Whether commits fail at present. */
  failing(): boolean
  runsByStatus(): Promise<Readonly<Record<string, number>>>
}

/** Shows a process to Prometheus. Nothing is computed but when it is asked. */
export class Exposition {
  readonly #registry = new Registry()

  constructor(sources: MetricSources) {
    this.#ofRuns(sources)
    this.#ofCalls(sources.metrics)
    this.#ofClients(sources.metrics)
    this.#ofProcess(sources)
  }

  get contentType(): string {
    return this.#registry.contentType
  }

  /** The text that Prometheus reads. */
  text(): Promise<string> {
    return this.#registry.metrics()
  }

  #ofRuns({ metrics, loaded, runsByStatus }: MetricSources): void {
    this.#gauge('runs', 'Runs in the database, by status', ['status'], async (gauge) => {
      for (const [status, count] of Object.entries(await runsByStatus())) gauge.set({ status }, count)
    })
    this.#gauge('runs_loaded', 'Runs in memory', [], (gauge) => gauge.set(loaded()))
    this.#counter('runs_started_total', 'Runs that were started here', () => metrics.runsStarted)
    this.#labelled('runs_ended_total', 'Runs that ended here, by status', metrics.runsEnded)
    this.#counter('messages_total', 'Messages that runs have stored', () => metrics.messages)
    this.#counter('chunks_total', 'Pieces of answers that were sent', () => metrics.chunks)
  }

  #ofCalls(metrics: Metrics): void {
    this.#labelled('model_calls_total', 'Calls to models, by provider and outcome', metrics.modelCalls)
    this.#histogram('model_call_duration_seconds', 'How long calls to models take', metrics.modelSeconds)
    this.#labelled('tokens_total', 'Tokens that models have told of, by provider and kind', metrics.tokens)
    this.#labelled('tool_calls_total', 'Calls of tools, by outcome', metrics.toolCalls)
    this.#labelled('errors_total', 'Refusals and failures, by code', metrics.errors)
  }

  #ofClients(metrics: Metrics): void {
    this.#labelled('http_requests_total', 'Answered requests, by method and status', metrics.requests)
    this.#gauge('sockets', 'Open WebSockets', [], (gauge) => gauge.set(metrics.sockets))
    this.#counter('sockets_opened_total', 'WebSockets that were opened', () => metrics.socketsOpened)
    this.#labelled(
      'sockets_closed_total',
      'WebSockets that the server closed, by code',
      metrics.socketsClosed
    )
  }

  #ofProcess({ metrics, version, queues, failing }: MetricSources): void {
    this.#gauge('build_info', 'The version that runs', ['version'], (gauge) => gauge.set({ version }, 1))
    this.#histogram('commit_duration_seconds', 'How long a group commit takes', metrics.commits)
    this.#counter('commit_failures_total', 'Commits that failed', () => metrics.commitFailures)
    this.#gauge('store_failing', 'Whether commits fail at present', [], (gauge) =>
      gauge.set(failing() ? 1 : 0)
    )
    this.#histogram('loop_delay_seconds', 'How late the event loop is', metrics.loopDelay)
    this.#gauge('queue_depth', 'What waits, by queue', ['queue'], (gauge) => {
      for (const [queue, depth] of Object.entries(queues())) gauge.set({ queue }, depth)
    })
    collectDefaultMetrics({ prefix: 'troupe_', register: this.#registry })
  }

  #gauge<Label extends string>(
    name: string,
    help: string,
    labelNames: Label[],
    collect: (gauge: Gauge<Label>) => void | Promise<void>
  ): void {
    const registers = [this.#registry]
    const gauge: Gauge<Label> = new Gauge({
      ...{ name: `troupe_${name}`, help, labelNames, registers },
      collect() {
        if (labelNames.length > 0) gauge.reset()
        return collect(gauge)
      }
    })
  }

  #counter(name: string, help: string, value: () => number): void {
    const registers = [this.#registry]
    const counter: Counter = new Counter({
      ...{ name: `troupe_${name}`, help, registers },
      collect() {
        counter.reset()
        counter.inc(value())
      }
    })
  }

  #labelled<Label extends string>(name: string, help: string, labelled: Labelled<Label>): void {
    const registers = [this.#registry]
    const counter: Counter<Label> = new Counter({
      ...{ name: `troupe_${name}`, help, labelNames: labelled.names, registers },
      collect() {
        counter.reset()
        for (const { labels, value } of labelled.values) counter.inc(labels as never, value)
      }
    })
  }

  // prom-client's own histograms keep what they observe: ours are kept where nothing may be slow, and shown from there.
  #histogram(name: string, help: string, histogram: Histogram): void {
    const shown = `troupe_${name}`
    const metric = {
      name: shown,
      get: async (): Promise<MetricObject> =>
        ({
          name: shown,
          help,
          type: 'histogram',
          aggregator: 'sum',
          values: valuesOf(shown, histogram)
        }) as never
    }
    this.#registry.registerMetric(metric as unknown as Metric)
  }
}

function valuesOf(name: string, { bounds, counts, sum, count }: Histogram) {
  let below = 0
  const buckets = bounds.map((le, at) => {
    below += counts[at]!
    return { metricName: `${name}_bucket`, labels: { le }, value: below }
  })
  return [
    ...buckets,
    { metricName: `${name}_bucket`, labels: { le: '+Inf' }, value: count },
    { metricName: `${name}_sum`, labels: {}, value: sum },
    { metricName: `${name}_count`, labels: {}, value: count }
  ]
}
