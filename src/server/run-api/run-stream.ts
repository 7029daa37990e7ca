import type { OutgoingFrame } from '../../protocol/frames.ts'
import type { Runtime } from '../../runtime/host/runtime.ts'
import type { RunRow } from '../../runtime/store/store.ts'
import type { HttpResponse, Sink, SinkEvents } from '../http/http.ts'
import { BackpressuredSubscriber } from './backpressured-subscriber.ts'
import { logInternal } from './log-internal.ts'
import { subscribe } from './whole-records.ts'

/** How often a line on which nothing is said is shown to be alive, in milliseconds. */
const BEAT = 15_000

/** The frames of a run above a number, and then what comes until its last one, as server-sent events. */
export const runStream = (
  runtime: Runtime,
  run: RunRow,
  from: { after: number; whole: boolean }
): HttpResponse => ({
  status: 200,
  headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' },
  stream(sink) {
    const stream = new RunStream(sink)
    void stream.follow(runtime, run, from)
    return stream
  }
})

/** One client that hears a run as server-sent events; `id` is the number of a durable frame. */
class RunStream extends BackpressuredSubscriber implements SinkEvents {
  readonly #sink: Sink
  readonly #beat: NodeJS.Timeout

  constructor(sink: Sink) {
    super()
    this.#sink = sink
    sink.send(': the frames of this run\n\n')
    this.#beat = setInterval(() => this.#sink.buffered === 0 && this.#sink.send(':\n\n'), BEAT)
    this.#beat.unref()
  }

  async follow(runtime: Runtime, run: RunRow, from: { after: number; whole: boolean }): Promise<void> {
    try {
      this.leaveBy(await subscribe(runtime, run, from, this))
    } catch (error) {
      logInternal(runtime, run.id, error, 'a client could not follow a run')
      // The client comes back where it stood.
      this.end()
    }
  }

  override onClose(): void {
    clearInterval(this.#beat)
    super.onClose()
  }

  protected get buffered(): number {
    return this.#sink.buffered
  }

  protected put(lines: readonly OutgoingFrame[]): void {
    const text = lines.map(({ seq, text }) => `${seq === null ? '' : `id: ${seq}\n`}data: ${text}\n\n`)
    this.#sink.send(text.join(''))
  }

  protected end(): void {
    this.#sink.close()
    // A sink that was closed from here calls no `onClose`.
    this.onClose()
  }
}
