import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import type { OutgoingFrame } from '../../src/protocol/frames.ts'
import { Runtime } from '../../src/runtime/host/runtime.ts'
import { readTask } from '../../src/runtime/shared/task.ts'
import { openStore } from '../../src/runtime/store/open-store.ts'
import type { Store } from '../../src/runtime/store/store.ts'
import type { Subscriber } from '../../src/runtime/subscriptions/subscriber.ts'
import { databaseIn } from '../support/database.ts'
import type { Frame } from '../support/run-client.ts'
import { temporary } from '../support/run-server.ts'
import { type Part, streamer, talkers } from '../support/some-teams.ts'

/** Hears what a run says; a slow one has room for more of the past only after a while. */
class Ear implements Subscriber {
  readonly heard: Frame[] = []
  readonly #pause: number
  over = false

  constructor(pause = 0) {
    this.#pause = pause
  }

  deliver(lines: readonly OutgoingFrame[]): void {
    this.heard.push(...lines.map(({ text }) => JSON.parse(text)))
  }
  async untilRoom(): Promise<boolean> {
    await sleep(this.#pause)
    return true
  }
  onRunEnded(): void {
    this.over = true
  }
}

/** A runtime whose store has written some time before it says so, as one behind a network has. */
async function withLateStore(): Promise<{ runtime: Runtime; begin(team: Part): Promise<number> }> {
  const { folder, remove } = await temporary()
  const store = await openStore({ database: await databaseIn(folder) })
  const { runs } = store
  const late: Store = {
    ...store,
    runs: {
      ...runs,
      async commit(changes) {
        await runs.commit(changes)
        await sleep(3)
      }
    }
  }
  const runtime = new Runtime({ store: late })
  onTestFinished(async () => {
    await runtime.close()
    await store.close()
    await remove()
  })
  const session = await store.sessions.insert({ user_id: 'me', name: '', team_id: null })
  const begin = async (team_config: Part) => {
    const run = await runs.create({ session_id: session.id, user_id: 'me' })
    runtime.start(run, { task: readTask('Go.', runtime.clock), team_config })
    return run.id
  }
  return { runtime, begin }
}

/** Has somebody come in every few milliseconds until the run is over, and gives them all. */
async function stream(
  runtime: Runtime,
  id: number,
  ear: () => Ear,
  after: (last: number) => number
): Promise<[number, Ear][]> {
  const ears: [number, Ear][] = []
  const live = await runtime.getOrWake(id)
  const over = live.ended
  let running = true
  void over.then(() => {
    running = false
  })
  while (running) {
    const run = (await runtime.store.runs.get(id))!
    const [cursor, listener] = [after(live.seq), ear()]
    ears.push([cursor, listener])
    void runtime.subscribe(run, cursor, listener)
    await Promise.race([sleep(1), over])
  }
  await expect.poll(() => ears.every(([, { over }]) => over)).toBe(true)
  return ears
}

const numbersOf = (frames: Frame[]) => frames.flatMap(({ seq }) => seq ?? [])

test.each([0, 7])(
  'frames that are stored and not yet published are sent once, to a subscriber that has room every %i ms [SEQ-4]',
  async (pause) => {
    const { runtime, begin } = await withLateStore()
    const id = await begin(talkers(30, 2))
    let turn = 0
    const ears = await stream(
      runtime,
      id,
      () => new Ear(pause),
      (last) => (turn++ % 2 ? last : 0)
    )
    const log = numbersOf((await runtime.store.runs.frames(id)) as unknown as Frame[])
    expect(ears.length).toBeGreaterThan(10)
    for (const [after, { heard }] of ears) expect(numbersOf(heard)).toEqual(log.slice(after))
  }
)

test('no chunk of a message comes after the message [FRAME-7]', async () => {
  const { runtime, begin } = await withLateStore()
  const words = Array.from({ length: 20 }, (_, i) => `word${i}`)
  const id = await begin(streamer(words, 4))
  const ears = await stream(
    runtime,
    id,
    () => new Ear(2),
    () => 0
  )
  for (const [, { heard }] of ears) {
    const whole = heard.findIndex(({ data }) => data?.content === words.join(' '))
    expect(heard.findLastIndex(({ type }) => type === 'message_chunk')).toBeLessThan(whole)
    const pieces = heard.filter(({ type }) => type === 'message_chunk').map(({ data }) => data.content)
    expect(['', words.join(' ')]).toContain(pieces.join(''))
  }
})
