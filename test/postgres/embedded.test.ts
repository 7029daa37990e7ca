import { expect, onTestFinished, test } from 'vitest'
import { openTroupe, postgres } from '../../src/embedded/index.ts'
import { bankHere, deskFor, refund } from '../embedded/desk.ts'
import { databaseIn } from '../support/database.ts'
import { temporary } from '../support/run-server.ts'

test('a question of a program is approved in a later opening of its PostgreSQL, and repeats nothing', async () => {
  const { folder, remove } = await temporary()
  onTestFinished(remove)
  const url = await databaseIn(folder)
  const { bank, paid } = bankHere()
  const open = () =>
    openTroupe({ store: postgres(url), teams: { desk: deskFor(5000) }, tools: [refund], context: { bank } })
  const first = await open()
  const run = await first.start('desk', 'Refund order 7', { user: 'ann' })
  await expect.poll(() => run.status).toBe('awaiting_input')
  await expect(open()).rejects.toThrow('in use')
  await first.close()
  await using later = await open()
  const [ask] = await later.pending({ user: 'ann' })
  await ask!.approve()
  expect(await ask!.run.result()).toMatchObject({ status: 'done', output: 'Refunded.' })
  expect(paid).toEqual(['7'])
})
