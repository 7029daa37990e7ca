import type { z } from 'zod'
import { TroupeError } from '../../protocol/errors.ts'
import type { OutgoingFrame } from '../../protocol/frames.ts'
import type { DurableFrame, MessageChunkFrame } from '../../protocol/server-frames.ts'
import type { Runtime } from '../../runtime/host/runtime.ts'
import type { Subscriber } from '../../runtime/subscriptions/subscriber.ts'
import { keepAlive } from './keep-alive.ts'

/** A frame of a run as clients are sent it: those of the log, which have a `seq`, and pieces of messages. */
export type RunEvent = DurableFrame | z.infer<typeof MessageChunkFrame>

/** Where events are read from. */
export interface EventsOptions {
  /** The `seq` of the last frame that is known already: 0, the default, gives all from the beginning. */
  after?: number
}

/** Characters of frames that wait for who reads them; what comes then is read from the log later, without its chunks. */
const MOST_WAITING = 32 * 2 ** 20

/** Characters that may wait while the past is read. */
const ROOM = 2 ** 20

/** One reader of a run's frames. */
class Reader implements Subscriber {
  readonly frames: OutgoingFrame[] = []
  /** The number of the last durable frame that waits here, or was taken. */
  cursor: number
  /** Whether nothing more comes by itself: the run is over, or this reader has fallen behind. */
  hasEnded = false
  isBehind = false
  #waiting = 0
  #changed = Promise.withResolvers<void>()
  #hasLeft = false

  constructor(after: number) {
    this.cursor = after
  }

  deliver(frames: readonly OutgoingFrame[]): void {
    if (this.isBehind) return
    for (const frame of frames) {
      this.frames.push(frame)
      this.#waiting += frame.text.length
      if (frame.seq !== null) this.cursor = frame.seq
    }
    if (this.#waiting > MOST_WAITING) this.isBehind = true
    this.#wake()
  }

  take(): OutgoingFrame | undefined {
    const frame = this.frames.shift()
    if (!frame) return undefined
    this.#waiting -= frame.text.length
    if (this.#waiting < ROOM) this.#wake()
    return frame
  }

  async untilRoom(): Promise<boolean> {
    while (this.#waiting >= ROOM && !this.#hasLeft && !this.isBehind) await this.#changed.promise
    return !this.#hasLeft && !this.isBehind
  }

  onRunEnded(): void {
    this.hasEnded = true
    this.#wake()
  }

  leave(): void {
    this.#hasLeft = true
    this.#wake()
  }

  /** Resolves when something has come, or nothing more will. */
  async changed(): Promise<void> {
    if (this.frames.length === 0 && !this.hasEnded && !this.isBehind && !this.#hasLeft)
      await this.#changed.promise
  }

  get isOver(): boolean {
    return this.hasEnded || this.#hasLeft
  }

  #wake(): void {
    this.#changed.resolve()
    this.#changed = Promise.withResolvers()
  }
}

/** How readers of events end when their runtime is closed. */
export type Leavers = Set<() => void>

/**
 * The frames of a run above a number, those that are stored first, and then as they come until the last one. Ends with
 * the run, or when the runtime is closed. Throws `unknown_run`, `bad_cursor`.
 */
export async function* runEvents(
  runtime: Runtime,
  id: number,
  { after = 0 }: EventsOptions,
  leavers: Leavers
): AsyncGenerator<RunEvent, void, void> {
  const run = await runtime.store.runs.get(id)
  if (!run) throw new TroupeError('unknown_run', String(id))
  const isNumber = Number.isSafeInteger(after) && after >= 0
  if (!isNumber || (after > 0 && after > (await runtime.info(run)).seq))
    throw new TroupeError('bad_cursor', String(after))
  for (let cursor = after; ; ) {
    const row = (await runtime.store.runs.get(id)) ?? run
    const reader = new Reader(cursor)
    const leave = () => reader.leave()
    leavers.add(leave)
    const letGo = keepAlive()
    const subscribed = runtime.subscribe(row, cursor, reader)
    // What goes wrong while the past is read is thrown where the frames are taken.
    subscribed.catch(leave)
    try {
      for (;;) {
        const frame = reader.take()
        if (frame) yield JSON.parse(frame.text) as RunEvent
        else if (reader.isOver || reader.isBehind) break
        else await reader.changed()
      }
    } finally {
      letGo()
      leavers.delete(leave)
      reader.leave()
      const unsubscribe = await subscribed
      unsubscribe()
    }
    if (reader.isOver && !reader.isBehind) return
    cursor = reader.cursor
  }
}
