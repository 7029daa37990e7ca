import { type ActorView, ActorViews, type InspectionEvent } from '../runtime/inspection/events.ts'
import type { Api } from './api.ts'
import { ClientError } from './client-error.ts'
import { eventsOf } from './event-source.ts'

/** How far the charts are known: `stuck` is a run that this version of the server cannot replay. */
export type ChartPhase = 'loading' | 'live' | 'ended' | 'stuck' | 'closed'

/** Milliseconds before a lost stream is opened again. */
const DELAY = 1000

/**
 * The statecharts of a run, of its group chat manager and of its participants, as they are now. They are followed from the
 * moment on that `run.chart` is first asked for; `ready` resolves when they are known.
 */
export class RunChart {
  readonly #api: Api
  readonly #run: number
  readonly #listeners = new Set<() => void>()
  readonly #stop = new AbortController()
  readonly #views = new ActorViews()
  readonly #ready = Promise.withResolvers<void>()
  #events = 0
  #phase: ChartPhase = 'loading'
  #all: readonly ActorView[] = []

  constructor(api: Api, run: number) {
    this.#api = api
    this.#run = run
    this.#ready.promise.catch(() => {})
    void this.#follow()
  }

  /** Resolves when the charts are known, up to the present; rejects where they cannot be followed. */
  get ready(): Promise<void> {
    return this.#ready.promise
  }

  get phase(): ChartPhase {
    return this.#phase
  }

  /** All actors in the order in which they began; another list after each change. */
  get actors(): readonly ActorView[] {
    return this.#all
  }

  /** The chart of the run itself; null until it is known. */
  get run(): ActorView | null {
    return this.#actor(String(this.#run))
  }

  /** The chart of the group chat manager; null until the team is loaded. */
  get manager(): ActorView | null {
    return this.#actor(`${this.#run}/team`)
  }

  /** The charts of the team's participants, by name; those of nested teams are in `actors`. */
  get participants(): Readonly<Record<string, ActorView>> {
    const prefix = `${this.#run}/team/`
    const own = this.#all.filter(
      ({ id, machine }) =>
        machine === 'participant' && id.startsWith(prefix) && !id.slice(prefix.length).includes('/')
    )
    return Object.fromEntries(own.map((actor) => [actor.id.slice(prefix.length), actor]))
  }

  /** Has `changed` called after each change, and once at first. Gives how to leave. */
  subscribe(changed: () => void): () => void {
    const listener = () => changed()
    this.#listeners.add(listener)
    listener()
    return () => void this.#listeners.delete(listener)
  }

  close(): void {
    this.#stop.abort()
    this.#enter('closed')
    this.#ready.reject(new ClientError('closed', 'The run is not followed any more.'))
  }

  #actor(id: string): ActorView | null {
    return this.#all.find((actor) => actor.id === id) ?? null
  }

  async #follow(): Promise<void> {
    const since = () => Date.now()
    for (let lost = since(); !this.#stop.signal.aborted; ) {
      try {
        if (await this.#read()) return
        lost = since()
      } catch (error) {
        if (this.#stop.signal.aborted) return
        const isFinal = error instanceof ClientError && error.code !== 'unreachable'
        if (isFinal || since() - lost >= this.#api.retryFor) {
          this.#ready.reject(error)
          return this.#enter('closed')
        }
      }
      await new Promise((resolve) => setTimeout(resolve, DELAY))
    }
  }

  /** Reads the stream to its end; true where nothing follows any more. */
  async #read(): Promise<boolean> {
    const path = `/runs/${this.#run}/inspect`
    const stream = await this.#api.stream(path, { after: this.#events }, this.#stop.signal)
    if (!stream) return this.#end('ended')
    let due: ReturnType<typeof setTimeout> | undefined
    try {
      for await (const { event, data } of eventsOf(stream)) {
        if (event === 'end' || event === 'stuck') return this.#end(event === 'end' ? 'ended' : 'stuck')
        this.#views.take(JSON.parse(data) as InspectionEvent)
        this.#events++
        // A past comes as thousands of events at once: what they come to is shown once.
        due ??= setTimeout(() => {
          due = undefined
          this.#enter('live')
        }, 10)
      }
    } finally {
      clearTimeout(due)
    }
    this.#enter('live')
    return false
  }

  #end(phase: ChartPhase): true {
    this.#enter(phase)
    return true
  }

  #enter(phase: ChartPhase): void {
    if (this.#phase !== 'closed') this.#phase = phase
    this.#all = this.#views.all.map((actor) => ({ ...actor }))
    if (phase !== 'closed') this.#ready.resolve()
    for (const listener of [...this.#listeners]) listener()
  }
}
