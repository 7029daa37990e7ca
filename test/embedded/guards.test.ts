import { describe, expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { openTroupe, type RunEvent, sqlite } from '../../src/embedded/index.ts'
import {
  AssistantAgent,
  type Guard,
  guard,
  isChat,
  RoundRobinGroupChat,
  replay,
  SocietyOfMindAgent,
  type TeamOptions,
  UserProxyAgent
} from '../../src/index.ts'
import { temporary } from '../support/run-server.ts'

const hide = guard.output((text) => text.replaceAll('4111', '[card]'))
const agent = (name: string, ...answers: string[]) => new AssistantAgent({ name, model: replay(answers) })
const team = (options: Partial<TeamOptions>) =>
  new RoundRobinGroupChat([agent('ada', 'My card is 4111.'), agent('bob', 'Thank you.')], {
    maxTurns: 2,
    ...options
  })
const said = (messages: readonly unknown[]) =>
  (messages as { type: string; content?: unknown; source: string }[])
    .filter((message) => isChat(message as never))
    .map(({ source, content }) => `${source}: ${content}`)

describe('a guard of what goes out', () => {
  test('rewrites what an agent says before others hear it, in this process and in a durable run', async () => {
    const expected = ['user: Go.', 'ada: My card is [card].', 'bob: Thank you.']
    const here = team({ guards: [hide] })
    expect(said((await here.run('Go.')).messages)).toEqual(expected)
    expect(JSON.stringify(here.saveState().agent_states)).toContain('[card]')
    await using troupe = await openTroupe({
      ...{ store: sqlite(':memory:'), teams: { ofTeam: team({ guards: [hide] }), team: team({}) } }
    })
    const run = await troupe.start('ofTeam', 'Go.')
    expect(said((await run.result()).messages)).toEqual(expected)
    const frames: RunEvent[] = []
    for await (const event of run.events()) frames.push(event)
    expect(JSON.stringify(frames.filter(({ type }) => type === 'message'))).not.toContain('4111')
    await using guarded = await openTroupe({
      ...{ store: sqlite(':memory:'), teams: { team: team({}) }, guards: [hide] }
    })
    const other = await guarded.start('team', 'Go.')
    expect(said((await other.result()).messages)).toEqual(expected)
    expect(JSON.stringify(await other.state({ turn: 1 }))).toContain('[card]')
  })

  test('refuses, and the run fails with its reason', async () => {
    const refusing = guard.output(
      (text, { source }) => source !== 'ada' || { refuse: `No "${text.slice(0, 2)}".` }
    )
    const failure = { code: 'guard_refused', message: expect.stringContaining('No "My".') }
    await expect(team({ guards: [refusing] }).run('Go.')).rejects.toMatchObject(failure)
    await using troupe = await openTroupe({
      store: sqlite(':memory:'),
      teams: { team: team({ guards: [refusing] }) }
    })
    await expect((await troupe.start('team', 'Go.')).result()).rejects.toMatchObject(failure)
  })

  test.each<[string, Guard]>([
    ['false', guard.output(() => false)],
    ['an error', guard.output(() => Promise.reject(new Error('of the guard')))]
  ])('refuses by %s too', async (_, one) => {
    await expect(team({ guards: [one] }).run('Go.')).rejects.toMatchObject({ code: 'guard_refused' })
  })

  test('lets nothing be shown while it is written', async () => {
    const streaming = new AssistantAgent({ name: 'ada', model: replay(['My card is 4111.']), stream: true })
    const seen: unknown[] = []
    const stream = new RoundRobinGroupChat([streaming], { maxTurns: 1, guards: [hide] }).runStream('Go.')
    for await (const item of stream) seen.push(item)
    expect(JSON.stringify(seen)).not.toContain('4111')
  })

  test('looks at what is said inside of nested teams', async () => {
    const inner = new RoundRobinGroupChat([agent('ada', 'My card is 4111.')], { maxTurns: 1 })
    const outer = new SocietyOfMindAgent({ name: 'society', team: inner, model: replay(['It is 4111.']) })
    const { messages } = await new RoundRobinGroupChat([outer], { maxTurns: 1, guards: [hide] }).run('Go.')
    expect(JSON.stringify(messages)).not.toContain('4111')
  })

  test('sees structured answers as JSON, and several guards look one after the other', async () => {
    const outputType = z.object({ card: z.string() })
    const ada = new AssistantAgent({ name: 'ada', model: replay(['{"card":"4111"}']), outputType })
    const order: string[] = []
    const noting = guard.output((text) => void order.push(text))
    const { output } = await new RoundRobinGroupChat([ada], { maxTurns: 1, guards: [hide, noting] }).run(
      'Go.'
    )
    expect(output).toEqual({ card: '[card]' })
    expect(order).toEqual(['{"card":"[card]"}'])
  })
})

describe('a guard of what comes in', () => {
  const polite = guard.input((text, { source }) =>
    text.includes('damn') ? { refuse: `Be polite, ${source}.` } : { rewrite: text.toUpperCase() }
  )

  test('rewrites or refuses a task before any agent hears it', async () => {
    expect(said((await team({ guards: [polite] }).run('go.')).messages)[0]).toBe('user: GO.')
    await expect(team({ guards: [polite] }).run('damn')).rejects.toThrow('Be polite, user.')
    await using troupe = await openTroupe({
      store: sqlite(':memory:'),
      teams: { team: team({}) },
      guards: [polite]
    })
    expect(said((await (await troupe.start('team', 'go.')).result()).messages)[0]).toBe('user: GO.')
    await expect((await troupe.start('team', 'damn')).result()).rejects.toMatchObject({
      code: 'guard_refused'
    })
  })

  test('looks at what persons answer', async () => {
    const asking = new RoundRobinGroupChat([new UserProxyAgent('person')], { maxTurns: 1, guards: [polite] })
    expect((await asking.run('go.', { input: async () => 'yes' })).output).toBe('YES')
  })

  test('is given what tools are given', async () => {
    const seen: unknown[] = []
    const one = guard.input((_, { context }) => void seen.push(context))
    await team({ guards: [one] }).run('Go.', { context: { tenant: 7 } })
    expect(seen).toEqual([{ tenant: 7 }])
  })
})

test('what was published stays as it was when a run goes on with other guards, and is not looked at again', async () => {
  const { folder, remove } = await temporary()
  onTestFinished(remove)
  const store = sqlite(`${folder}/guards.db`)
  const make = () =>
    new RoundRobinGroupChat([agent('ada', 'My card is 4111.'), new UserProxyAgent('bob')], { maxTurns: 2 })
  const first = await openTroupe({ store, teams: { make }, guards: [hide] })
  const run = await first.start('make', 'Go.')
  await expect.poll(() => run.status).toBe('awaiting_input')
  await first.close()
  const looked: string[] = []
  const other = guard.output((text) => void looked.push(text))
  await using later = await openTroupe({
    store,
    teams: { make },
    guards: [other, guard.input(() => 'Fine.')]
  })
  await (await later.pending())[0]!.answer('Well.')
  const { messages } = await (await later.run(run.id)).result()
  expect(said(messages)).toEqual(['user: Go.', 'ada: My card is [card].', 'bob: Fine.'])
  expect(looked).toEqual([])
})

test('what is no guard is refused', () => {
  expect(() => guard.input('no' as never)).toThrow('guard.input')
  expect(() => team({ guards: [() => true] as never })).toThrow('guards')
})
