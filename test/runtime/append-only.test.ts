import { expect, test } from 'vitest'
import { onPostgres } from '../support/database.ts'
import { type Site, withDatabase } from '../support/database-here.ts'
import { patience } from '../support/runtime-here.ts'
import { asker, streamer, talkers } from '../support/some-teams.ts'

/** Has the database refuse to change or delete what was appended. */
async function seal({ change }: Site): Promise<void> {
  for (const table of ['frame', 'journal'])
    for (const deed of ['update', 'delete'])
      await change(
        `create trigger no_${deed}_of_${table} before ${deed} on ${table}
         begin select raise(abort, '${table} is append-only'); end`
      )
}

test.skipIf(onPostgres())('no row of frame and journal is changed, whatever runs do [LOG-2]', async () => {
  const site = await withDatabase()
  const { here, begin, becomes, clock } = site
  await seal(site)
  const talked = await begin(talkers(20))
  const streamed = await begin(streamer(['one', 'two', 'three'], 0))
  const stopped = await begin(talkers(2, 60_000))
  await expect.poll(() => stopped.seq, patience).toBeGreaterThan(1)
  stopped.pause()
  stopped.resume()
  stopped.stop('Enough.')
  clock.pass(10_000)
  for (const run of [talked, streamed, stopped]) await run.ended
  const asked = await begin(asker())
  await becomes(asked.id, 'awaiting_input')
  await here.restart()
  const fork = await here.runtime.fork((await here.store.runs.get(talked.id))!, 3)
  await becomes(fork, 'complete')
  const woken = await here.runtime.getOrWake(asked.id)
  woken.answerInput('Good.')
  await woken.ended
  for (const { id } of [talked, streamed, stopped, asked]) {
    const log = await here.log(id)
    expect(log.map(({ seq }) => seq)).toEqual(log.map((_, i) => i + 1))
    expect(log.at(-1)!.type).toMatch(/result|completion/)
  }
  // The seal holds.
  await expect(site.change(`update frame set text = '' where run_id = ${talked.id}`)).rejects.toThrow(
    'append-only'
  )
  await expect(site.change(`delete from journal where run_id = ${talked.id}`)).rejects.toThrow('append-only')
})
