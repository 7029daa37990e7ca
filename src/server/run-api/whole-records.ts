import type { OutgoingFrame } from '../../protocol/frames.ts'
import { WholeRecords } from '../../protocol/model-records.ts'
import type { Runtime } from '../../runtime/host/runtime.ts'
import type { RunRow } from '../../runtime/store/store.ts'
import type { Subscriber } from '../../runtime/subscriptions/subscriber.ts'

/** What a client asks for with `?records=`: the records of model calls whole, instead of what is new in each. */
export const wantsWholeRecords = (query: { get(name: string): string | null }): boolean =>
  query.get('records') === 'whole'

/**
 * A subscriber that is given whole records. It is subscribed from the first frame on, since a record builds on the one
 * before, and what its client has already goes no further.
 */
export class WholeRecordsSubscriber implements Subscriber {
  readonly #client: Subscriber
  readonly #after: number
  readonly #records = new WholeRecords()

  /** @param after the number of the last frame that the client has */
  constructor(client: Subscriber, after: number) {
    this.#client = client
    this.#after = after
  }

  get isObserver(): boolean {
    return this.#client.isObserver === true
  }

  deliver(frames: readonly OutgoingFrame[]): void {
    const whole = frames.map((frame) => ({ ...frame, text: this.#records.frame(frame.text) }))
    const news = whole.filter(({ seq }) => seq === null || seq > this.#after)
    if (news.length > 0) this.#client.deliver(news)
  }

  untilRoom(): Promise<boolean> {
    return this.#client.untilRoom()
  }

  onRunEnded(lost: boolean): void {
    this.#client.onRunEnded(lost)
  }
}

/** Subscribes a client to a run, with whole records where it wants them; `after` as for `runtime.subscribe`. */
export async function subscribe(
  runtime: Runtime,
  run: RunRow,
  { after, whole }: { after: number | null; whole: boolean },
  client: Subscriber
): Promise<() => void> {
  if (!whole) return runtime.subscribe(run, after, client)
  const from = after ?? (await runtime.info(run)).seq
  return runtime.subscribe(run, 0, new WholeRecordsSubscriber(client, from))
}
