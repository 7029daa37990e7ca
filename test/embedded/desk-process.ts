import { appendFileSync, readFileSync } from 'node:fs'
import { openTroupe, sqlite } from '../../src/embedded/index.ts'
import { deskFor, refund } from './desk.ts'

/**
 * A program with a desk: `start` begins a run and waits for ever, `approve` approves what is asked and shows the result.
 * What the bank has paid stands in a file.
 */
const [folder, what] = process.argv.slice(2) as [string, 'start' | 'approve']
const paid = `${folder}/paid.txt`
const bank = {
  pay(order: string, key: string) {
    appendFileSync(paid, `${order} ${key}\n`)
    return `paid ${order}`
  }
}
const troupe = await openTroupe({
  ...{
    store: sqlite(`${folder}/desk.db`),
    teams: { desk: deskFor(5000) },
    tools: [refund],
    context: { bank }
  }
})
if (what === 'start') {
  const run = await troupe.start('desk', 'Refund order 7', { user: 'ann' })
  for await (const event of run.events())
    if (event.type === 'status' && event.status === 'awaiting_input') console.log('asked')
} else {
  for (const ask of await troupe.pending({ user: 'ann' })) {
    await ask.approve()
    const { output, status } = await ask.run.result()
    console.log(JSON.stringify({ output, status, paid: readFileSync(paid, 'utf8').split('\n').length - 1 }))
  }
  await troupe.close()
}
