import type { OutgoingFrame } from '../../protocol/frames.ts'
import type { StartedRunOptions } from '../../protocol/run-options.ts'
import type { FrameBody, PendingInput } from '../../protocol/server-frames.ts'
import type { Question } from '../contract/question.ts'
import type { Clock } from '../shared/clock.ts'

interface OpenInput {
  pending: PendingInput
  /** Its `input_request` frame; null until that is committed. */
  frame: OutgoingFrame | null
}

/** The questions of a run to persons, and their deadlines. */
export class PendingInputs {
  readonly #timeout: StartedRunOptions['input']
  /** When the run is to end at the latest, in ISO 8601; null without a limit of time. */
  #end: string | null = null
  readonly #clock: Clock
  /** `input_request` frames of earlier processes, by request id. */
  readonly #earlier: ReadonlyMap<string, OutgoingFrame>
  readonly #open = new Map<string, OpenInput>()
  readonly #requested = new Set<string>()

  /** `earlier`: the `input_request` frames that are stored already, by request id. */
  constructor(
    { input }: Pick<StartedRunOptions, 'input'>,
    clock: Clock,
    earlier: ReadonlyMap<string, OutgoingFrame> = new Map<string, OutgoingFrame>()
  ) {
    this.#timeout = input
    this.#clock = clock
    this.#earlier = earlier
    for (const requestId of earlier.keys()) this.#requested.add(requestId)
  }

  /** When the run is to end at the latest, in milliseconds since 1970; null without a limit of time. */
  endBy(end: number | null): void {
    this.#end = end === null ? null : new Date(end).toISOString()
  }

  /** The open questions that clients were sent, oldest first. */
  get published(): PendingInput[] {
    return [...this.#open.values()].filter(({ frame }) => frame).map(({ pending }) => pending)
  }

  /** Their `input_request` frames. */
  get frames(): OutgoingFrame[] {
    return [...this.#open.values()].flatMap(({ frame }) => frame ?? [])
  }

  /** The names of the members that wait for a person, with commas between them; null where none does. */
  get sources(): string | null {
    const names = [...this.#open.values()].map(({ pending }) => pending.source)
    return names.length > 0 ? names.join(', ') : null
  }

  /** The earliest deadline, in ISO 8601, that of the whole run among them; null where there is none. */
  get deadline(): string | null {
    const all = [...this.#open.values()].flatMap(({ pending }) => pending.deadline ?? [])
    return [...all, ...(this.#end === null ? [] : [this.#end])].sort()[0] ?? null
  }

  /** Opens a question; returns its `input_request` frame, unless clients were sent that in an earlier process. */
  open({ requestId, prompt, call }: Question, source: string): FrameBody | undefined {
    const earlier = this.#earlier.get(requestId)
    if (earlier) {
      const { deadline = null } = JSON.parse(earlier.text)
      this.#open.set(requestId, {
        pending: { request_id: requestId, prompt, source, deadline, ...approvalOf(call) },
        frame: earlier
      })
      return undefined
    }
    const pending = {
      ...{ request_id: requestId, prompt, source, deadline: this.#newDeadline() },
      ...approvalOf(call)
    }
    this.#open.set(requestId, { pending, frame: null })
    const timestamp = new Date(this.#clock.now()).toISOString()
    return { type: 'input_request', ...pending, data: { source: 'system', content: prompt }, timestamp }
  }

  /** Notes that the `input_request` frame of a question was published. */
  onPublished(requestId: string, frame: OutgoingFrame): void {
    this.#requested.add(requestId)
    const open = this.#open.get(requestId)
    if (open) open.frame = frame
  }

  /** Whether clients were ever sent this question or, without an id, any. */
  wasRequested(requestId?: string): boolean {
    return requestId === undefined ? this.#requested.size > 0 : this.#requested.has(requestId)
  }

  /** Closes a question that was answered or withdrawn. */
  close(requestId: string): void {
    this.#open.delete(requestId)
  }

  clear(): void {
    this.#open.clear()
  }

  /** The request ids of the questions whose deadline has passed. */
  overdue(): string[] {
    const now = new Date(this.#clock.now()).toISOString()
    return [...this.#open.values()]
      .filter(({ pending: { deadline } }) => deadline !== null && deadline <= now)
      .map(({ pending }) => pending.request_id)
  }

  #newDeadline(): string | null {
    const seconds = this.#timeout?.timeout_s
    return seconds == null ? null : new Date(this.#clock.now() + seconds * 1000).toISOString()
  }
}

const approvalOf = (call: Question['call']): Pick<PendingInput, 'kind' | 'call'> =>
  call ? { kind: 'approval', call } : {}
