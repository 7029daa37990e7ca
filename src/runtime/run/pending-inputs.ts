import type { FrameBody } from '../../protocol/frames.ts'
import type { StartedRunOptions } from '../../protocol/run-options.ts'
import type { Question } from '../contract/agent.ts'
import type { Clock } from '../shared/clock.ts'
import type { OutgoingFrame } from '../subscriptions/subscriber.ts'

/** A question that a run's clients may answer. `deadline` is null where there is no time-out. */
export interface PendingInput {
  request_id: string
  prompt: string
  source: string
  deadline: string | null
}

interface Asked {
  pending: PendingInput
  /** The frame in which it was told; null until it is stored. */
  frame: OutgoingFrame | null
}

/** What a run asks persons, and until when. */
export class PendingInputs {
  readonly #settings: StartedRunOptions
  readonly #clock: Clock
  readonly #before: ReadonlyMap<string, OutgoingFrame>
  readonly #open = new Map<string, Asked>()
  readonly #told = new Set<string>()

  constructor(
    settings: StartedRunOptions,
    clock: Clock,
    before: ReadonlyMap<string, OutgoingFrame> = new Map()
  ) {
    this.#settings = settings
    this.#clock = clock
    this.#before = before
    for (const requestId of before.keys()) this.#told.add(requestId)
  }

  /** The questions that were told, oldest first. */
  get published(): PendingInput[] {
    return [...this.#open.values()].filter(({ frame }) => frame).map(({ pending }) => pending)
  }

  /** The frames in which they were told. */
  get frames(): OutgoingFrame[] {
    return [...this.#open.values()].flatMap(({ frame }) => frame ?? [])
  }

  /** The names of those for whom a person is to answer, with commas between them; null where nobody is asked. */
  get sources(): string | null {
    const names = [...this.#open.values()].map(({ pending }) => pending.source)
    return names.length > 0 ? names.join(', ') : null
  }

  /** The earliest deadline, in ISO 8601. */
  get deadline(): string | null {
    const all = [...this.#open.values()].flatMap(({ pending }) => pending.deadline ?? [])
    return all.sort()[0] ?? null
  }

  /** Notes a question; gives the frame that tells it, or nothing where it was told before the run was put away. */
  open({ requestId, prompt }: Question, source: string): FrameBody | undefined {
    const known = this.#before.get(requestId)
    if (known) {
      const { deadline = null } = JSON.parse(known.text)
      const pending = { request_id: requestId, prompt, source, deadline }
      this.#open.set(requestId, { pending, frame: known })
      return undefined
    }
    const pending = { request_id: requestId, prompt, source, deadline: this.#deadline() }
    this.#open.set(requestId, { pending, frame: null })
    const timestamp = new Date(this.#clock.now()).toISOString()
    return { type: 'input_request', ...pending, data: { source: 'system', content: prompt }, timestamp }
  }

  onPublished(requestId: string, frame: OutgoingFrame): void {
    this.#told.add(requestId)
    const asked = this.#open.get(requestId)
    if (asked) asked.frame = frame
  }

  wasRequested(requestId?: string): boolean {
    return requestId === undefined ? this.#told.size > 0 : this.#told.has(requestId)
  }

  close(requestId: string): void {
    this.#open.delete(requestId)
  }

  clear(): void {
    this.#open.clear()
  }

  /** The questions whose deadline has come. */
  overdue(): string[] {
    const now = new Date(this.#clock.now()).toISOString()
    return [...this.#open.values()]
      .filter(({ pending: { deadline } }) => deadline !== null && deadline <= now)
      .map(({ pending }) => pending.request_id)
  }

  #deadline(): string | null {
    const seconds = this.#settings.input?.timeout_s
    return seconds == null ? null : new Date(this.#clock.now() + seconds * 1000).toISOString()
  }
}
