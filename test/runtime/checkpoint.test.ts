import { expect, test } from 'vitest'
import { RunCounters } from '../../src/runtime/execution/run-counters.ts'
import { Runtime } from '../../src/runtime/host/runtime.ts'
import { entriesOf, turnEnds } from '../../src/runtime/journal/run-log.ts'
import type { Model } from '../../src/runtime/models/model.ts'
import type { LiveRun } from '../../src/runtime/run/live-run.ts'
import type { JournalEntry, Store } from '../../src/runtime/store/store.ts'
import { Dice } from '../simulation/dice.ts'
import { longTeams } from '../support/long-teams.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { runtimeHere } from '../support/runtime-here.ts'
import type { Part } from '../support/some-teams.ts'

type Runs = Store['runs']

/** The store with another way to read checkpoints, and what journals are read after. */
function storeWith(store: Store, lastEntry: Runs['lastEntry']) {
  const after: number[] = []
  const journal: Runs['journal'] = (run, from = 0, kinds) => {
    after.push(from)
    return store.runs.journal(run, from, kinds)
  }
  return { store: { ...store, runs: { ...store.runs, lastEntry, journal } }, after }
}

const none: Runs['lastEntry'] = async () => undefined

/** Has a run come to its end; persons answer the id of the question. */
async function toItsEnd(run: LiveRun): Promise<void> {
  let over = false
  void run.ended.then(() => {
    over = true
  })
  while (!over) {
    for (const { request_id } of run.pendingInput) run.answerInput(`yes ${request_id}`, request_id)
    await new Promise((resolve) => setImmediate(resolve))
  }
}

async function withLongRun(team: Part) {
  const here = await runtimeHere({ clock: new ManualClock() })
  const run = await here.begin(team)
  await toItsEnd(run)
  const { runs } = here.store
  const rows = await runs.journal(run.id)
  const ends = rows.flatMap((row) => turnEnds(entriesOf(row)).map((end) => ({ ...end, n: row.n })))
  /** A copy of the run as it was when it had died after so much of its journal. */
  const copy = (seq: number, n: number) =>
    runs.copy({ of: run.id, seq, n, more: () => ({ frames: [], journal: [] }) })
  /** Has another process go on with a run to its end; gives all that is stored of it then. */
  async function finish(id: number, store: Store) {
    const runtime = new Runtime({ store, clock: here.runtime.clock })
    const live = await runtime.getOrWake(id)
    await toItsEnd(live)
    const state = live.teamState()
    await runtime.close()
    const frames = (await runs.frames(id)).map(({ text }) => text.replaceAll(`"run_id":${id},`, ''))
    const journal = (await runs.journal(id))
      .filter(({ kind }) => kind !== 'checkpoint')
      .map(({ body }) => body)
    return { frames, journal, state }
  }
  return { here, runs, id: run.id, rows, ends, copy, finish }
}

/** Where a run may die: at the end of a turn, or with some of what came in for the next. */
function death(dice: Dice, rows: readonly JournalEntry[], ends: readonly { n: number; seq: number }[]) {
  const at = dice.int(40, ends.length - 2)
  const { seq, n } = ends[at]!
  const next = rows.filter((row) => row.n > n && row.n < ends[at + 1]!.n)
  return { seq, n: n + dice.int(0, next.length) }
}

test.each(Object.entries(longTeams))(
  'a run goes on from a checkpoint as it does from its whole journal, frame by frame [CRASH-10]: %s',
  async (_name, team) => {
    const { here, id, runs, rows, ends, copy, finish } = await withLongRun(team)
    const last = (await runs.frames(id)).at(-1)!
    expect(last.type, last.text).toBe('result')
    expect(rows.some(({ kind }) => kind === 'checkpoint')).toBe(true)
    for (const seed of [1, 2]) {
      const { seq, n } = death(new Dice(seed), rows, ends)
      const [one, other] = [await copy(seq, n), await copy(seq, n)]
      const [quick, whole] = [storeWith(here.store, here.store.runs.lastEntry), storeWith(here.store, none)]
      const revived = await finish(one, quick.store)
      expect(quick.after[0]).toBeGreaterThan(0)
      const played = await finish(other, whole.store)
      expect(whole.after[0]).toBe(0)
      expect(revived.frames).toEqual(played.frames)
      expect(revived.state).toEqual(played.state)
    }
  },
  30_000
)

test.each<[string, (body: string) => string]>([
  ['of a newer version', (body) => body.replace('"version":1', '"version":2')],
  ['that is no JSON', (body) => body.slice(1)],
  ['without its counters', (body) => body.replace('"counters"', '"others"')],
  ['with the state of another team', (body) => body.replaceAll('"ann"', '"joe"')],
  ['with a message of an unknown type', (body) => body.replaceAll('"TextMessage"', '"OtherMessage"')]
])('a run with a checkpoint %s goes on from its whole journal [FAIL-8]', async (_what, spoil) => {
  const { here, runs, ends, copy, finish } = await withLongRun(longTeams['a person']!)
  const { seq, n } = ends.at(-3)!
  const [one, other] = [await copy(seq, n), await copy(seq, n)]
  const spoilt = storeWith(here.store, async (run, kind) => {
    const entry = (await runs.lastEntry(run, kind))!
    const body = spoil(entry.body)
    expect(body).not.toBe(entry.body)
    return { ...entry, body }
  })
  const found = await finish(one, spoilt.store)
  expect(spoilt.after[0]).toBe(0)
  expect(found).toEqual(await finish(other, storeWith(here.store, none).store))
})

test('a fork goes on from a checkpoint of the run that it comes from [CRASH-10]', async () => {
  const { here, runs, id, ends } = await withLongRun(longTeams['round robin']!)
  const { turn } = ends.at(-5)!
  const quick = storeWith(here.store, runs.lastEntry)
  const runtime = new Runtime({ store: quick.store, clock: here.runtime.clock })
  const fork = await runtime.fork((await runs.get(id))!, turn)
  expect(quick.after.at(-1)).toBeGreaterThan(0)
  const live = runtime.loaded.get(fork)
  if (live) await toItsEnd(live)
  await runtime.close()
  const frames = (await runs.frames(fork)).map(({ text }) => text)
  const contents = (texts: string[]) =>
    texts
      .map((text) => JSON.parse(text))
      .flatMap(({ type, data }) => (type === 'message' ? data.content : []))
  const whole = (await runs.frames(id)).map(({ text }) => text)
  expect(contents(frames)).toEqual(contents(whole))
  const { data } = JSON.parse(frames.at(-1)!)
  expect(data.task_result.messages.map(({ content }: { content: string }) => content)).toEqual(
    contents(whole)
  )
})

test('speakers who share a model with a position have no checkpoints: the journal says where the model is', () => {
  const counting = new RunCounters(crypto.randomUUID())
  const model = { replayed() {} } as Model
  counting.asks('team/ann', model)
  expect(counting.save()).not.toBeNull()
  counting.asks('team/bob', model)
  expect(counting.save()).toBeNull()
})
