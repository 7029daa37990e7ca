import { expect, test } from 'vitest'
import { openTroupe, sqlite } from '../../src/embedded/index.ts'
import { AssistantAgent, openai, RoundRobinGroupChat, UserProxyAgent } from '../../src/index.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { says } from '../support/openai-server.ts'
import { patience } from '../support/runtime-here.ts'
import { scriptedServer } from '../support/scripted-server.ts'
import { talk } from './desk.ts'

const long = () => talk('One.', 'Two.', 'Three.', 'Four.', 'Five.', 'Six.')

test.each([
  [{ turns: 1 }, 'One.', 'The limit of 1 turns is reached.'],
  [{ turns: 3 }, 'Three.', 'The limit of 3 turns is reached.']
])('a run ends after the turn in which it reaches %j, and says so', async (limits, output, stopReason) => {
  await using troupe = await openTroupe({ store: sqlite(':memory:'), teams: { long } })
  const run = await troupe.start('long', 'Go.', { limits })
  expect(await run.result()).toMatchObject({ status: 'stopped', stopReason, output })
  expect(run.status).toBe('complete')
})

test('tokens of prompts and answers are counted, and the turn that reaches the limit is the last', async () => {
  const { total_tokens: tokens } = (await talk('One.', 'Two.').run('Go.')).usage
  await using troupe = await openTroupe({ store: sqlite(':memory:'), teams: { long } })
  const outputs = [tokens, tokens + 1].map(async (limit) => {
    const run = await troupe.start('long', 'Go.', { limits: { tokens: limit } })
    return (await run.result()).output
  })
  expect(await Promise.all(outputs)).toEqual(['Two.', 'Three.'])
})

test('the limits of the runtime hold for runs that have none of their own', async () => {
  await using troupe = await openTroupe({ store: sqlite(':memory:'), teams: { long }, limits: { turns: 2 } })
  const results = [
    await troupe.start('long', 'Go.'),
    await troupe.start('long', 'Go.', { limits: { turns: 9 } })
  ]
  expect(await Promise.all(results.map(async (run) => (await run.result()).output))).toEqual(['Two.', 'Six.'])
})

test('what models cost is counted by the list of prices; a model without a price cannot be limited so', async () => {
  await using server = await scriptedServer(says('Hi.'))
  const asking = (name: string) => () => {
    const model = openai(name, { baseUrl: `${server.url}/v1`, apiKey: 'sk-0123456789' })
    return new RoundRobinGroupChat([new AssistantAgent({ name: 'ada', model })], { maxTurns: 9 })
  }
  await using troupe = await openTroupe({
    store: sqlite(':memory:'),
    teams: { mini: asking('gpt-4o-mini'), own: asking('my-model') }
  })
  // 11 and 7 tokens a call, for 0.15 and 0.60 a million.
  const run = await troupe.start('mini', 'Go.', { limits: { cost: 0.000_012 } })
  const { status, stopReason, usage } = await run.result()
  expect([status, stopReason, usage.calls]).toEqual([
    'stopped',
    'The limit of cost, 0.000012, is reached.',
    3
  ])
  const own = await (await troupe.start('own', 'Go.', { limits: { cost: 1 } })).result()
  expect(own.stopReason).toContain('"my-model"')
})

test('a limit of time ends a run at once, also one that waits for a person and is not in memory', async () => {
  const clock = new ManualClock()
  const person = () => new RoundRobinGroupChat([new UserProxyAgent('person')], { maxTurns: 1 })
  await using troupe = await openTroupe({ store: sqlite(':memory:'), teams: { person }, clock })
  const run = await troupe.start('person', 'Well?', { limits: { seconds: 7200 } })
  await expect.poll(() => run.status).toBe('awaiting_input')
  const ended = run.result()
  let isOver = false
  void ended.then(() => {
    isOver = true
  })
  await expect
    .poll(() => {
      clock.pass(600_000)
      return isOver
    }, patience)
    .toBe(true)
  expect(await ended).toMatchObject({
    status: 'stopped',
    stopReason: 'The limit of 7200 seconds is reached.'
  })
})

test.each([
  [{ turn: 3 }, 'Did you mean "turns"?'],
  [{ turns: 0 }, 'turns'],
  [{ seconds: Number.NaN }, 'seconds']
])('limits that are none are refused: %j', async (limits, text) => {
  await using troupe = await openTroupe({ store: sqlite(':memory:'), teams: { long } })
  await expect(troupe.start('long', 'Go.', { limits: limits as never })).rejects.toThrow(text)
  await expect(openTroupe({ store: sqlite(':memory:'), limits: limits as never })).rejects.toThrow(text)
})
