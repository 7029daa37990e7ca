import { describe, expect, test } from 'vitest'
import { createMachine } from 'xstate'
import { openTroupe, sqlite } from '../src/embedded/index.ts'
import { AssistantAgent, RoundRobinGroupChat, UserProxyAgent } from '../src/index.ts'
import { openStore } from '../src/runtime/store/open-store.ts'
import { ManualClock, playUntil, scripted, storeContract } from '../src/testing/index.ts'

describe('a scripted model', () => {
  test('says its lines in order, keeps what it was asked, and says when there are no more', async () => {
    const model = scripted(['one', new Error('no more lamps')])
    const team = new RoundRobinGroupChat([new AssistantAgent({ name: 'writer', model })], { maxTurns: 1 })
    const { messages } = await team.run('Write.')
    expect(messages.at(-1)).toMatchObject({ source: 'writer', content: 'one' })
    expect(model.requests[0]!.messages.at(-1)).toMatchObject({ content: 'Write.' })
    await expect(team.run('Again.')).rejects.toThrow('no more lamps')
    expect(model.left).toBe(0)
    await expect(team.run('Again.')).rejects.toThrow('The script has 2 lines')
  })
})

describe('playUntil', () => {
  const machine = createMachine({
    initial: 'red',
    states: { red: { after: { 1: 'green' } }, green: { initial: 'walk', states: { walk: {} } } }
  })
  test('plays a machine until it is in a state', async () => {
    const actor = await playUntil(machine, 'green.walk')
    expect(actor.getSnapshot().value).toEqual({ green: 'walk' })
    actor.stop()
  })
  test('ends where the time is over', async () => {
    await expect(playUntil(machine, 'blue', { timeout: 20 })).rejects.toThrow()
  })
  test('plays a durable run until a person is asked, and says how it ended otherwise', async () => {
    const desk = () => new RoundRobinGroupChat([new UserProxyAgent('person')], { maxTurns: 1 })
    const troupe = await openTroupe({ store: sqlite(':memory:'), teams: { desk }, clock: new ManualClock() })
    const run = await playUntil(await troupe.start('desk', 'Ask.'), 'awaiting_input')
    await (await run.pending())[0]!.answer('yes')
    await expect(playUntil(run, 'paused')).rejects.toThrow('The run ended as "complete"')
    await troupe.close()
  })
})

describe('the contract of stores', () => {
  for (const { title, check } of storeContract(() => openStore({ database: 'sqlite::memory:' })))
    test(`${title}, in SQLite`, check)
  test('fails where a store breaks it', async () => {
    const broken = async () => {
      const store = await openStore({ database: 'sqlite::memory:' })
      store.runs.frames = async () => []
      return store
    }
    const held = await Promise.allSettled(storeContract(broken).map(({ check }) => check()))
    expect(held.filter(({ status }) => status === 'rejected').length).toBe(3)
  })
})
