import { describe, expect, test } from 'vitest'
import { isFinal } from '../src/protocol/run-status.ts'
import { entriesOf } from '../src/runtime/journal/run-log.ts'
import { JOURNAL_VERSION } from '../src/runtime/journal/version.ts'
import type { LiveRun } from '../src/runtime/run/live-run.ts'
import { systemClock } from '../src/runtime/shared/clock.ts'
import { atEachTurn, beforeEnd, framesOf, type Golden, putInto, readGoldens } from './support/golden.ts'
import { scenes } from './support/golden-scenes.ts'
import type { Frame } from './support/run-client.ts'
import { patience, runtimeHere } from './support/runtime-here.ts'

const goldens = readGoldens()
const named = (recorded: readonly Golden[]) =>
  recorded.map((golden) => [`${golden.name}, revision ${golden.state.revision}`, golden] as const)
const over = named(goldens.filter(({ run }) => isFinal(run.status)))
const waiting = named(goldens.filter(({ run }) => !isFinal(run.status)))
// What these need of the world is not there any more, or they were told to end.
const alone = over.filter(([, { name }]) => !['tools', 'graph', 'stopped'].includes(name))

/** A frame without what depends on when and as which run it was told. */
const timeless = ({ run_id: _, timestamp: __, ...frame }: Frame) => {
  const { duration: ___, ...data } = frame.data ?? {}
  return frame.data ? { ...frame, data } : frame
}
/** The end of a run that was stopped or failed is a message with an id and a time of its own. */
const toldAgain = (frame: Frame) =>
  frame.type === 'completion'
    ? { ...timeless(frame), data: frame.data.task_result.messages.map(({ content }: Frame) => content) }
    : timeless(frame)

/** What was said, without what differs from run to run. */
const said = (frames: Frame[]) =>
  frames
    .filter(({ type }) => type === 'message' || type === 'event')
    .map(({ data: { type, source, content, models_usage } }) => ({ type, source, content, models_usage }))

async function bringBack(golden: Golden) {
  const here = await runtimeHere({ clock: systemClock })
  const id = await putInto(here.store, here.session, golden)
  await here.restart()
  return { id, here }
}

async function attend(run: LiveRun | undefined, answers: readonly string[]): Promise<void> {
  const left = [...answers]
  while (run && left.length > 0) {
    await expect.poll(() => run.pendingInput.length || isFinal(run.status), patience).toBeTruthy()
    run.answerInput(left.shift()!)
  }
}

test('a run of each kind is recorded as each revision keeps it', () => {
  for (let revision = 1; revision <= JOURNAL_VERSION; revision++) {
    const recorded = goldens.filter(({ state }) => state.revision === revision)
    expect(recorded.map(({ name }) => name).sort()).toEqual(Object.keys(scenes).sort())
  }
})

describe('a recorded run that is over', () => {
  test.each(over)(
    'a recorded run that is over is replayed to the end that was recorded: %s [CRASH-7]',
    async (_, golden) => {
      const { here, id } = await bringBack(beforeEnd(golden))
      await here.becomes(id, golden.run.status)
      expect((await here.log(id)).map(toldAgain)).toEqual(framesOf(golden).map(toldAgain))
      expect((await here.store.runs.journal(id)).map(({ n }) => n)).toEqual(golden.journal.map(({ n }) => n))
    }
  )

  test.each(alone)(
    'a recorded run goes on from the end of each of its turns to the same end: %s [CRASH-7]',
    async (_, golden) => {
      for (const cut of atEachTurn(golden)) {
        const { here, id } = await bringBack(cut)
        const entries = cut.journal.flatMap(entriesOf)
        const answered = entries.filter(
          (entry) => entry.kind === 'effect' && entry.key.startsWith('team/person')
        )
        const answers = scenes[golden.name]!.answers ?? []
        await attend(here.runtime.loaded.get(id), answers.slice(answered.length))
        await here.becomes(id, golden.run.status)
        expect(said(await here.log(id))).toEqual(said(framesOf(golden)))
      }
    }
  )
})

describe('a recorded run that waits', () => {
  test.each(waiting)(
    'a recorded run that waits waits for the same, and then comes to its end: %s [CRASH-7]',
    async (_, golden) => {
      const { here, id } = await bringBack(golden)
      const live = await here.runtime.getOrWake(id)
      expect(live.status).toBe(golden.run.status)
      const asked = framesOf(golden).findLast(({ type }) => type === 'input_request')
      const isAsked = golden.run.status === 'awaiting_input' && asked
      expect(live.pendingInput.map(({ request_id }) => request_id)).toEqual(isAsked ? [asked.request_id] : [])
      expect((await here.log(id)).map(toldAgain)).toEqual(framesOf(golden).map(toldAgain))
      live.resume()
      if (isAsked) await attend(live, ['Good.', 'Better.'])
      await live.ended
      const log = await here.log(id)
      expect(log.slice(0, golden.frames.length).map(toldAgain)).toEqual(framesOf(golden).map(toldAgain))
      expect(log.at(-1)).toMatchObject({ type: 'result' })
    }
  )
})
