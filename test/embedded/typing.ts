/**
 * What the compiler knows of a runtime in a program. Nothing here is ever run: the type check reads it. Each line below a
 * `@ts-expect-error` is a mistake that must not compile.
 */
import { z } from 'zod'
import { openTroupe, type RunEvent, type Store, sqlite } from '../../src/embedded/index.ts'
import { AssistantAgent, RoundRobinGroupChat, replay, tool } from '../../src/index.ts'
import { bankHere, deskFor, refund } from './desk.ts'

const { bank } = bankHere()
const store: Store = sqlite(':memory:')
const model = replay(['Good.'])
const weather = new AssistantAgent({
  name: 'weather',
  model,
  outputType: z.object({ city: z.string(), degrees: z.number() })
})
const forecast = () => new RoundRobinGroupChat([weather], { maxTurns: 1 })
const talk = new RoundRobinGroupChat([new AssistantAgent({ name: 'ada', model })], { maxTurns: 1 })

const troupe = await openTroupe({ store, teams: { desk: deskFor(1), forecast, talk }, context: { bank } })
const degrees: number = (await (await troupe.start('forecast', 'How warm?')).result()).output.degrees
const text: string = (await (await troupe.start('talk', 'Hello.', { user: 'ann' })).result()).output
const run = await troupe.run(7)
for await (const event of run.events({ after: 0 })) {
  event satisfies RunEvent
  if (event.type === 'message') event.data.source satisfies string
  if (event.type === 'input_request') event.prompt satisfies string
}
for (const ask of await troupe.pending({ user: 'ann' })) if (ask.kind === 'approval') await ask.approve()
const own: Store = { ...store, async close() {} }
await openTroupe({ store: own })
await openTroupe({ store, tools: [refund], context: { bank, more: 1 } })
const free = tool({ name: 'free', description: 'F', parameters: z.object({}), run: () => 'free' })
await openTroupe({ store, tools: [free] })

// @ts-expect-error the tools of the desk want a bank
await openTroupe({ store, teams: { desk: deskFor(1) } })
// @ts-expect-error a bank that cannot pay
await openTroupe({ store, tools: [refund], context: { bank: {} } })
// @ts-expect-error there is no such team
await troupe.start('dsek', 'Go.')
// @ts-expect-error there is no such option
await troupe.start('talk', 'Go.', { usr: 'ann' })
// @ts-expect-error there is no such option
await openTroupe({ store, team: {} })
// @ts-expect-error a status that no run has
await troupe.runs({ status: 'waiting' })
// @ts-expect-error a fork begins at a turn
await run.fork({ at: 3 })
// @ts-expect-error a store is needed
await openTroupe({})

export { degrees, text }
