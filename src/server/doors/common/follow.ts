import type { OutgoingFrame } from '../../../protocol/frames.ts'
import type { Runtime } from '../../../runtime/host/runtime.ts'
import type { RunRow } from '../../../runtime/store/store.ts'
import type { HttpRequest, HttpResponse, Sink, SinkEvents } from '../../http/http.ts'
import { BackpressuredSubscriber } from '../../run-api/backpressured-subscriber.ts'
import { logInternal } from '../../run-api/log-internal.ts'
import type { AnswerEnd, AnswerEvent } from './answer-events.ts'
import type { AnswerReader } from './answer-reader.ts'

/** Follows a run for the length of one answer. A client of a door is no client of the run: that it leaves changes nothing. */
abstract class Follower extends BackpressuredSubscriber {
  readonly isObserver = true
  protected readonly reader: AnswerReader
  #cursor: number

  constructor(reader: AnswerReader, after: number) {
    super()
    this.reader = reader
    this.#cursor = after
  }

  async follow(runtime: Runtime, run: RunRow): Promise<void> {
    try {
      this.leaveBy(await runtime.subscribe(run, this.#cursor, this))
    } catch (error) {
      logInternal(runtime, run.id, error, 'a client could not follow a run')
      this.end('lost')
    }
  }

  protected abstract took(events: readonly AnswerEvent[]): void

  protected put(lines: readonly OutgoingFrame[]): void {
    if (this.reader.end) return
    const events = this.reader.read(lines)
    if (events.length > 0) this.took(events)
  }

  protected end(_why: 'tooSlow' | 'finished' | 'lost'): void {
    const events = this.reader.lost()
    if (events.length > 0) this.took(events)
  }
}

/** Collects a whole answer. */
class Collector extends Follower {
  readonly events: AnswerEvent[] = []
  readonly done = Promise.withResolvers<AnswerEnd>()
  protected readonly buffered = 0
  readonly #seen: ((event: AnswerEvent) => void) | undefined

  constructor(reader: AnswerReader, after: number, seen?: (event: AnswerEvent) => void) {
    super(reader, after)
    this.#seen = seen
  }

  protected took(events: readonly AnswerEvent[]): void {
    this.events.push(...events)
    if (this.#seen) for (const event of events) this.#seen(event)
    if (!this.reader.end) return
    this.done.resolve(this.reader.end)
    queueMicrotask(() => this.onClose())
  }
}

/** Waits for a whole answer and gives its events; `seen` gets each as it comes. */
export async function collect(
  runtime: Runtime,
  run: RunRow,
  reader: AnswerReader,
  after: number,
  seen?: (event: AnswerEvent) => void
): Promise<AnswerEvent[]> {
  const collector = new Collector(reader, after, seen)
  await collector.follow(runtime, run)
  await collector.done.promise
  return collector.events
}

/** Writes the events of an answer as a protocol has them. */
export interface AnswerWriter {
  /** What is sent before the first event. */
  begin(): string
  write(event: Exclude<AnswerEvent, AnswerEnd>): string
  /** What is sent last; what must be stored before the client knows of the end is stored by then. */
  end(end: AnswerEnd): string | Promise<string>
  /** What is sent where the end could not be stored. */
  failed(error: unknown): string
}

/** How often a line on which nothing is said is shown to be alive, in milliseconds. */
const BEAT = 15_000

/** Sends an answer as server-sent events as it comes. */
class AnswerStream extends Follower implements SinkEvents {
  readonly #sink: Sink
  readonly #writer: AnswerWriter
  readonly #beat: NodeJS.Timeout
  readonly #left: (() => void) | undefined
  #isOver = false

  /** `left` is called where the client leaves before the answer has ended. */
  constructor(sink: Sink, writer: AnswerWriter, reader: AnswerReader, after: number, left?: () => void) {
    super(reader, after)
    this.#sink = sink
    this.#writer = writer
    this.#left = left
    const beginning = writer.begin()
    if (beginning !== '') sink.send(beginning)
    this.#beat = setInterval(() => sink.buffered === 0 && sink.send(':\n\n'), BEAT)
    this.#beat.unref()
  }

  override onClose(): void {
    clearInterval(this.#beat)
    if (!this.#isOver) this.#left?.()
    this.#isOver = true
    super.onClose()
  }

  protected get buffered(): number {
    return this.#sink.buffered
  }

  protected took(events: readonly AnswerEvent[]): void {
    let text = ''
    for (const event of events) {
      if (event.type === 'end') void this.#finish(text, event)
      else text += this.#writer.write(event)
    }
    if (text !== '' && !this.#isOver) this.#sink.send(text)
  }

  async #finish(text: string, end: AnswerEnd): Promise<void> {
    this.#isOver = true
    if (text !== '') this.#sink.send(text)
    let last: string
    try {
      last = await this.#writer.end(end)
    } catch (error) {
      last = this.#writer.failed(error)
    }
    if (last !== '') this.#sink.send(last)
    this.#sink.close()
    this.onClose()
  }
}

/** An answer that goes on in a run: what reads it, and the number of the frame after which it begins. */
interface StreamedAnswer {
  run: RunRow
  writer: AnswerWriter
  reader: AnswerReader
  after: number
  /** Called where the client leaves before the answer has ended. */
  left: (() => void) | undefined
}

/** An answer as an event stream. */
export const streamAnswer = (runtime: Runtime, answer: StreamedAnswer): HttpResponse => ({
  status: 200,
  headers: {
    'content-type': 'text/event-stream',
    'cache-control': 'no-cache',
    ...runHeader(answer.run.id)
  },
  stream(sink) {
    const { run, writer, reader, after, left } = answer
    const stream = new AnswerStream(sink, writer, reader, after, left)
    void stream.follow(runtime, run)
    return stream
  }
})

/** Names the run in an answer. */
export const runHeader = (run: number): Record<string, string> => ({ 'x-troupe-run': String(run) })

/** Whether a client wants the run stopped when it leaves: its stop button only hangs up. */
export const stopsOnLeaving = ({ query }: Pick<HttpRequest, 'query'>): boolean =>
  query.get('on_disconnect') === 'stop'
