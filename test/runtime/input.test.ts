import { describe, expect, test } from 'vitest'
import type { RunOptions } from '../../src/protocol/run-options.ts'
import type { LiveRun } from '../../src/runtime/run/live-run.ts'
import type { Frame } from '../support/run-client.ts'
import { patience, runtimeWithRounds } from '../support/runtime-here.ts'
import { asker, assistant, type Part, person, replayModel } from '../support/some-teams.ts'

/** Waits until so many questions of a run are told. */
const asked = (run: LiveRun, count: number) =>
  expect.poll(() => run.pendingInput.length, patience).toBe(count)

const minute = (more: Partial<NonNullable<RunOptions['input']>> = {}): RunOptions => ({
  input: { timeout_s: 60, on_timeout: 'fail', answer: '', ...more }
})
const contents = (log: Frame[]) => log.flatMap(({ type, data }) => (type === 'message' ? data.content : []))

/** Two persons who are asked at once, between two others. */
const panel = (): Part => {
  const edges = (...targets: string[]) => targets.map((target) => ({ target, condition: null }))
  const nodes = {
    first: { name: 'first', edges: edges('ann', 'bob'), activation: 'all' },
    ann: { name: 'ann', edges: edges('last'), activation: 'all' },
    bob: { name: 'bob', edges: edges('last'), activation: 'all' },
    last: { name: 'last', edges: [], activation: 'all' }
  }
  const participants = [
    assistant('first', replayModel(['Well?'])),
    ...['ann', 'bob'].map((name) => person(name)),
    assistant('last', replayModel(['Thanks.']))
  ]
  return {
    provider: 'autogen_agentchat.teams.GraphFlow',
    config: { participants, graph: { nodes, default_start_node: 'first' } }
  }
}

describe('a question has a deadline where the run asks for one', () => {
  test('an input request has the deadline that the run asks for, and so has the pending input [INPUT-1]', async () => {
    const { clock, begin, becomes, log, runtime, store } = await runtimeWithRounds()
    const { id } = await begin(asker(), minute())
    await becomes(id, 'awaiting_input')
    const deadline = new Date(clock.now() + 60_000).toISOString()
    expect((await log(id)).find(({ type }) => type === 'input_request')).toMatchObject({ deadline })
    const info = await runtime.info((await store.runs.get(id))!)
    expect(info.pending_input).toMatchObject([{ source: 'person', deadline }])
  })

  test.each([
    ['fails', minute(), 'error', '"code":"input_timeout"'],
    ['is stopped', minute({ on_timeout: 'stop' }), 'stopped', 'Nobody answered in time.'],
    ['goes on with an answer', minute({ on_timeout: 'answer', answer: 'Whatever.' }), 'complete', 'Whatever.']
  ] as const)(
    'a run with a pending input %s at its deadline, and not before [INPUT-11]',
    async (_, options, status, said) => {
      const { clock, begin, becomes, log } = await runtimeWithRounds()
      const { id } = await begin(asker(), options)
      await becomes(id, 'awaiting_input')
      clock.pass(58_000)
      await becomes(id, 'awaiting_input')
      // Looked at once a second.
      clock.pass(3_000)
      await expect
        .poll(() => {
          clock.pass(1_000)
          return log(id).then((frames) => frames.at(-1)?.type)
        }, patience)
        .toMatch(/result|completion/)
      await becomes(id, status)
      expect(JSON.stringify((await log(id)).at(-1))).toContain(said)
    }
  )

  test('a deadline counts while the run is evicted, and while no server runs [INPUT-12] [CRASH-9] [CRASH-8]', async () => {
    const { clock, begin, becomes, putAway, log, here } = await runtimeWithRounds()
    const options = minute({ on_timeout: 'answer', answer: 'Whatever.' })
    const [away, down] = [await begin(asker(), options), await begin(asker(), options)]
    for (const { id } of [away, down]) await becomes(id, 'awaiting_input')
    for (const { id } of [away, down]) await putAway(id)
    const asked = (await log(down.id)).find(({ type }) => type === 'input_request')
    await here.restart()
    expect((await log(down.id)).filter(({ type }) => type === 'input_request')).toEqual([asked])
    clock.pass(58_000)
    for (const { id } of [away, down]) {
      await expect
        .poll(() => {
          clock.pass(1_000)
          return here.status(id)
        }, patience)
        .toBe('complete')
      expect(contents(await log(id)).at(-1)).toBe('Whatever.')
    }
  })

  test('a deadline is not shifted by a pause, and a run without a time-out has none [INPUT-12] [INPUT-1]', async () => {
    const { clock, begin, becomes, here } = await runtimeWithRounds()
    const paused = await begin(asker(), minute({ on_timeout: 'stop' }))
    const patient = await begin(asker())
    for (const { id } of [paused, patient]) await becomes(id, 'awaiting_input')
    paused.pause()
    await becomes(paused.id, 'paused')
    await expect
      .poll(() => {
        clock.pass(10_000)
        return here.status(paused.id)
      }, patience)
      .toBe('stopped')
    clock.pass(10_000_000)
    await becomes(patient.id, 'awaiting_input')
  })
})

describe('several questions may be open at once', () => {
  test('several pending inputs are each answered by their id, in any order [INPUT-3]', async () => {
    const { begin, becomes, log } = await runtimeWithRounds()
    const run = await begin(panel())
    await asked(run, 2)
    expect(run.pendingInput.map(({ source }) => source)).toEqual(['ann', 'bob'])
    const [ann, bob] = run.pendingInput
    expect(run.answerInput('Bob says no.', bob!.request_id)).toBe(bob!.request_id)
    await expect.poll(() => run.pendingInput.map(({ source }) => source)).toEqual(['ann'])
    expect(run.answerInput('Once more.', bob!.request_id)).toBeNull()
    expect(run.wasInputRequested(bob!.request_id)).toBe(true)
    expect(run.answerInput('Ann says yes.', ann!.request_id)).toBe(ann!.request_id)
    await becomes(run.id, 'complete')
    expect(contents(await log(run.id))).toEqual([
      ...['Go.', 'Well?', 'Bob says no.', 'Ann says yes.', 'Thanks.']
    ])
  })

  test('a response without an id answers the oldest pending input [INPUT-4]', async () => {
    const { begin, becomes, log } = await runtimeWithRounds()
    const run = await begin(panel())
    await asked(run, 2)
    for (const [i, answer] of ['one', 'two'].entries()) {
      await expect.poll(() => run.pendingInput.length).toBe(2 - i)
      expect(run.answerInput(answer)).not.toBeNull()
    }
    await becomes(run.id, 'complete')
    const said = (await log(run.id)).filter(({ data }) => ['ann', 'bob'].includes(data?.source))
    expect(
      said.filter(({ type }) => type === 'message').map(({ data }) => [data.source, data.content])
    ).toEqual([
      ['ann', 'one'],
      ['bob', 'two']
    ])
  })

  test('several pending inputs survive a restart while the run is evicted, answered or not [INPUT-13]', async () => {
    const { begin, becomes, putAway, log, here } = await runtimeWithRounds()
    const { id } = await begin(panel())
    await asked(here.runtime.loaded.get(id)!, 2)
    const [ann, bob] = here.runtime.loaded.get(id)!.pendingInput
    await putAway(id)
    expect(await here.store.runs.overview({ limit: 1 })).toMatchObject([{ waits_for: 'ann, bob' }])
    await here.restart()
    expect(here.runtime.loaded.get(id)).toBeUndefined()
    const first = await here.runtime.getOrWake(id)
    expect(first.pendingInput).toEqual([ann, bob])
    first.answerInput('no', bob!.request_id)
    await first.flushed()
    await here.restart()
    const second = await here.runtime.getOrWake(id)
    expect(second.pendingInput).toEqual([ann])
    expect(second.answerInput('again', bob!.request_id)).toBeNull()
    expect(second.wasInputRequested(bob!.request_id)).toBe(true)
    second.answerInput('yes', ann!.request_id)
    await becomes(id, 'complete')
    const frames = await log(id)
    expect(frames.filter(({ type }) => type === 'input_request')).toHaveLength(2)
    expect(contents(frames)).toEqual(['Go.', 'Well?', 'no', 'yes', 'Thanks.'])
    expect(frames.map(({ seq }) => seq)).toEqual(frames.map((_, i) => i + 1))
  })

  test('several pending inputs each get the answer that was agreed on at their deadline [INPUT-11]', async () => {
    const { clock, begin, log } = await runtimeWithRounds()
    const run = await begin(panel(), minute({ on_timeout: 'answer', answer: 'nothing' }))
    await asked(run, 2)
    run.answerInput('something', run.pendingInput[1]!.request_id)
    await expect
      .poll(() => {
        clock.pass(10_000)
        return log(run.id).then((frames) => frames.at(-1)?.type)
      }, patience)
      .toBe('result')
    expect(contents(await log(run.id))).toEqual(['Go.', 'Well?', 'something', 'nothing', 'Thanks.'])
  })
})

test('of two responses at the same moment the first one counts [INPUT-5]', async () => {
  const { begin, becomes, log } = await runtimeWithRounds()
  const run = await begin(asker())
  await becomes(run.id, 'awaiting_input')
  expect([run.answerInput('first'), run.answerInput('second')]).toEqual([expect.any(String), null])
  await becomes(run.id, 'complete')
  expect(contents(await log(run.id)).at(-1)).toBe('first')
})
