import type { RunStatus } from '../../src/protocol/run-status.ts'
import type { Frame } from '../support/run-client.ts'

/** A run's log as its clients have come to know it. Whatever any of them hears must fit. */
export class KnownLog {
  readonly frames: Frame[] = []
  readonly #texts: string[] = []

  /** A numbered frame as somebody heard it. Throws where somebody else heard another one with its number. */
  hear({ replay: _, ...frame }: Frame): void {
    const text = JSON.stringify(frame)
    const known = this.#texts[frame.seq - 1]
    if (known === undefined) {
      if (frame.seq !== this.#texts.length + 1)
        throw new Error(`Frame ${frame.seq} was told when ${this.#texts.length} were known.`)
      this.#texts.push(text)
      this.frames.push(frame)
    } else if (known !== text) {
      throw new Error(`Frame ${frame.seq} was told as ${known.slice(0, 600)} and as ${text.slice(0, 600)}`)
    }
  }

  get length(): number {
    return this.frames.length
  }

  /** The last status that was told. */
  get status(): RunStatus {
    return this.frames.findLast(({ type }) => type === 'status')?.status ?? 'created'
  }

  /** Whether it was told that the run waits for a person. */
  get hasWaited(): boolean {
    return this.frames.some(({ status }) => status === 'awaiting_input')
  }

  /** The frame with which the run ended, if it has. */
  get end(): Frame | undefined {
    const last = this.frames.at(-1)
    return last?.type === 'result' || last?.type === 'completion' ? last : undefined
  }

  /** What was said, in order: without ids and times, which differ from run to run. */
  get transcript(): Saying[] {
    return this.#said.filter(({ source }) => source !== 'llm_call_event').map(saying)
  }

  /** The records of model calls. */
  get records(): string[] {
    return this.#said.filter(({ source }) => source === 'llm_call_event').map(({ content }) => content)
  }

  get #said(): Frame[] {
    return this.frames.filter(({ type }) => type === 'message' || type === 'event').map(({ data }) => data)
  }

  /** Who asked, and the how many-th question of theirs it was. */
  question(requestId: string): { source: string; count: number } | undefined {
    const asked = this.frames.filter(({ type }) => type === 'input_request')
    const at = asked.findIndex(({ request_id }) => request_id === requestId)
    if (at < 0) return undefined
    const { source } = asked[at]!
    return { source, count: asked.slice(0, at).filter((one) => one.source === source).length + 1 }
  }
}

/** A message or an event, without what differs from run to run. */
export interface Saying {
  type: string
  source: string
  content: unknown
  usage: unknown
}

/** What somebody said, to be compared. */
export const saying = ({ type, source, content, models_usage: usage }: Frame): Saying => ({
  ...{ type, source, content },
  usage
})
