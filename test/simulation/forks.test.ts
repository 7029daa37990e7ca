import { expect, onTestFinished, test } from 'vitest'
import { isFinal } from '../../src/protocol/run-status.ts'
import type { LiveRun } from '../../src/runtime/run/live-run.ts'
import { systemClock } from '../../src/runtime/shared/clock.ts'
import type { Frame } from '../support/run-client.ts'
import { patience, runtimeHere } from '../support/runtime-here.ts'
import { Dice } from './dice.ts'
import { Service } from './service.ts'
import { castTeam } from './teams.ts'
import { answerTo } from './undisturbed.ts'

const seed = Number(process.env.TROUPE_SIMULATION_SEED ?? Date.now() % 1_000_000)
const runs = Number(process.env.TROUPE_FORK_RUNS ?? 30)

type Here = Awaited<ReturnType<typeof runtimeHere>>

const spoken = (log: Frame[]) =>
  log.flatMap(({ type, data }) =>
    type === 'message' && data.source !== 'llm_call_event' ? [[data.source, data.content]] : []
  )
const idsOf = (log: Frame[]) => log.flatMap(({ data }) => data?.id ?? [])

/** Answers whatever a run asks, the same way each time, until it is over. */
async function attend(here: Here, id: number): Promise<Frame[]> {
  const answer = async (live: LiveRun) => {
    for (const { source, request_id } of live.pendingInput) {
      const before = spoken(await here.log(id)).filter(([by]) => by === source).length
      live.answerInput(answerTo(source, before + 1), request_id)
    }
  }
  await expect
    .poll(async () => {
      const live = here.runtime.loaded.get(id)
      if (live) await answer(live)
      return isFinal(await here.status(id))
    }, patience)
    .toBe(true)
  return here.log(id)
}

test(`a fork at any turn of any team says what its run said, under ids of its own (seed ${seed}) [HIST-6] [HIST-7]`, {
  timeout: 240_000
}, async () => {
  const service = await Service.start()
  onTestFinished(() => service.close())
  const here = await runtimeHere({ clock: systemClock })
  const { history, store } = { history: here.runtime.history, store: here.store }
  const dice = new Dice(seed)
  let forks = 0
  const play = async (number: number) => {
    const { team, ordered, kind } = castTeam(dice, { port: service.port, world: 'forks' })
    const where = `seed ${seed}, run ${number}, ${kind}`
    const { id } = await here.begin(team)
    const log = await attend(here, id)
    expect(log.at(-1), where).toMatchObject({ type: 'result' })
    const run = (await store.runs.get(id))!
    const turns = await history.turns(run)
    expect(turns.map(({ turn }) => turn)).toEqual(turns.map((_, i) => i))
    expect(await history.state(run), where).toEqual(await history.state(run, turns.length - 1))
    for (const { turn, seq } of dice.shuffle(turns).slice(0, 3)) {
      const there = `${where}, turn ${turn}`
      const fork = (await store.runs.get(await here.runtime.fork(run, turn)))!
      const other = await attend(here, fork.id)
      forks++
      expect(other.slice(0, seq), there).toEqual(
        log.slice(0, seq).map((frame) => ({ ...frame, run_id: fork.id }))
      )
      const known = new Set(idsOf(log))
      expect(
        idsOf(other.slice(seq)).filter((one) => known.has(one)),
        there
      ).toEqual([])
      expect(new Set(idsOf(other)).size, there).toBe(idsOf(other).length)
      const said = [spoken(other), spoken(log)].map((all) => (ordered ? all : all.sort()))
      expect(said[0], there).toEqual(said[1])
      expect(await history.state(fork, turn), there).toEqual(await history.state(run, turn))
      expect(
        (await history.turns(fork)).map(({ speakers }) => speakers.toSorted()),
        there
      ).toEqual(turns.map(({ speakers }) => speakers.toSorted()))
    }
    expect(await here.log(id), where).toEqual(log)
  }
  for (let i = 0; i < runs; i += 10)
    await Promise.all(Array.from({ length: Math.min(10, runs - i) }, (_, k) => play(i + k)))
  expect(service.problems).toEqual([])
  expect(forks).toBeGreaterThan(runs)
})
