import { expect, test } from 'vitest'
import { z } from 'zod'
import {
  AssistantAgent,
  external,
  FunctionAgent,
  functional,
  handoffTo,
  maxMessages,
  models,
  RoundRobinGroupChat,
  replay,
  SelectorGroupChat,
  SocietyOfMindAgent,
  Swarm,
  textMention,
  textOf,
  tool,
  UserProxyAgent
} from '../../src/index.ts'

const writer = () => new AssistantAgent({ name: 'writer', model: replay(['A line.', 'Another. APPROVE']) })
const critic = () => new AssistantAgent({ name: 'critic', model: replay(['Too short.']) })

test('a team is made of agents and an end, is given a text, and says how it came out', async () => {
  const until = textMention('APPROVE').or(maxMessages(10))
  const team = new RoundRobinGroupChat([writer(), critic()], { until })
  const result = await team.run('Write a line.')
  expect(result).toMatchObject({
    status: 'done',
    stopReason: "Text 'APPROVE' mentioned",
    output: 'Another. APPROVE',
    usage: { prompt_tokens: 66, completion_tokens: 6, total_tokens: 72, calls: 3 }
  })
  expect(result.messages.map(textOf)).toEqual(['Write a line.', 'A line.', 'Too short.', 'Another. APPROVE'])
})

test('the stream of a run ends with the same result', async () => {
  const team = new RoundRobinGroupChat([writer()], { maxTurns: 1 })
  const items: unknown[] = []
  for await (const item of team.runStream('Write a line.')) items.push(item)
  expect(items.at(-1)).toMatchObject({ type: 'TaskResult', status: 'done', output: 'A line.' })
  expect(items).toHaveLength(3)
})

test('a run that its signal ends is cancelled, and the team can be run again', async () => {
  const team = new RoundRobinGroupChat([writer()], { maxTurns: 1 })
  const result = await team.run('Write.', { signal: AbortSignal.abort(new Error('Too late.')) })
  expect(result).toMatchObject({ status: 'cancelled', stopReason: 'Too late.', output: undefined })
  expect(await team.run('Write.')).toMatchObject({ status: 'done' })
})

test('a run is stopped where somebody ended it: by external(), or by stop() after the present turn', async () => {
  const talker = (act: () => void) =>
    new FunctionAgent({
      name: 'talker',
      work() {
        act()
        return 'Hm.'
      }
    })
  const wish = external()
  const first = new RoundRobinGroupChat([talker(() => wish.set())], { until: wish.or(maxMessages(9)) })
  const ended = { status: 'stopped', stopReason: 'External termination requested' }
  expect(await first.run('Talk.')).toMatchObject(ended)
  const second: RoundRobinGroupChat = new RoundRobinGroupChat([talker(() => second.stop())], { maxTurns: 9 })
  const result = await second.run('Talk.')
  expect(result).toMatchObject(ended)
  expect(result.messages).toHaveLength(2)
})

test('what was set before a run ends it at the task, and the wish is forgotten then', async () => {
  const wish = external()
  const team = new RoundRobinGroupChat([writer()], { until: wish, maxTurns: 1 })
  wish.set()
  expect(await team.run('Write.')).toMatchObject({ status: 'stopped', output: undefined })
  expect(await team.run('Write.')).toMatchObject({ status: 'done', output: 'A line.' })
})

test('an agent answers by itself, and remembers what was said', async () => {
  const agent = writer()
  expect(await agent.run('Write.')).toMatchObject({
    status: 'done',
    stopReason: 'The agent has answered.',
    output: 'A line.'
  })
  await agent.run('Again.')
  const { llm_context } = agent.saveState() as { llm_context: { messages: unknown[] } }
  expect(llm_context.messages).toHaveLength(4)
})

test('every kind of agent answers by itself', async () => {
  const inner = new RoundRobinGroupChat([writer()], { maxTurns: 1 })
  const society = new SocietyOfMindAgent({
    name: 'society',
    team: inner,
    model: replay(['In short: a line.'])
  })
  expect((await society.run('Write.')).output).toBe('In short: a line.')
  const user = new UserProxyAgent({ name: 'user' })
  expect((await user.run('Well?', { input: async () => 'Yes.' })).output).toBe('Yes.')
  const hand = new AssistantAgent({
    ...{ name: 'hand', handoffs: ['writer'] },
    model: replay([{ content: [{ name: 'transfer_to_writer', arguments: {} }] }])
  })
  expect((await hand.run('Go.')).messages.at(-1)).toMatchObject({ type: 'HandoffMessage', target: 'writer' })
})

test('a structured answer is the output, of a team too where others say texts after it', async () => {
  const outputType = z.object({ city: z.string(), degrees: z.number() })
  const model = () => replay(['{"city": "Oslo", "degrees": 3}'])
  const weather = new AssistantAgent({ name: 'weather', model: model(), outputType })
  expect((await weather.run('How warm is it?')).output).toEqual({ city: 'Oslo', degrees: 3 })
  const team = new RoundRobinGroupChat(
    [new AssistantAgent({ name: 'weather', model: model(), outputType }), critic()],
    { maxTurns: 2 }
  )
  const { output } = await team.run('How warm is it?')
  expect(`${output.city} ${output.degrees}`).toBe('Oslo 3')
})

test('tools are given the context of the run', async () => {
  const pay = tool({
    name: 'pay',
    description: 'Pays.',
    parameters: z.object({ cents: z.int() }),
    run: ({ cents }, { context }: { context: { currency: string } }) => `${cents} ${context.currency}`
  })
  const model = replay([{ content: [{ name: 'pay', arguments: { cents: 5 } }] }])
  const clerk = new AssistantAgent({ name: 'clerk', model, tools: [pay] })
  expect((await clerk.run('Pay.', { context: { currency: 'EUR' } })).output).toBe('5 EUR')
})

test('AutoGen’s names keep working beside the short ones', async () => {
  const old = new AssistantAgent('writer', {
    modelClient: models.replay(['{"a": 1}']),
    systemMessage: 'Write.',
    modelClientStream: true,
    outputContentType: z.object({ a: z.number() })
  })
  const team = new RoundRobinGroupChat([old], { terminationCondition: maxMessages(2) })
  expect((await team.run({ task: 'Go.' })).output.a).toBe(1)
  const chooser = models.replay(['writer'])
  const pair = () => [writer(), critic()] as const
  for (const chosen of [
    new SelectorGroupChat(pair(), chooser, { maxTurns: 1 }),
    new SelectorGroupChat(pair(), { model: models.replay(['writer']), maxTurns: 1 })
  ])
    expect((await chosen.run('Go.')).output).toBe('A line.')
})

test('a team and an agent are given back by `await using` and by close(), which ends a run too', async () => {
  let closed = 0
  const model = { ...replay(['A line.']), close: () => void closed++ }
  await using team = new RoundRobinGroupChat([new AssistantAgent({ name: 'writer', model })], { maxTurns: 1 })
  await using _agent = new AssistantAgent({ name: 'writer', model })
  await team.close()
  expect(closed).toBe(1)
  const slow = new RoundRobinGroupChat(
    [new AssistantAgent({ name: 'slow', model: replay(['Late.'], { delayMs: 60_000 }) })],
    { maxTurns: 1 }
  )
  const running = slow.run('Go.')
  await slow.close()
  expect(await running).toMatchObject({ status: 'cancelled' })
})

test('handoffs to one outside are fine where the condition waits for them, or holds code', async () => {
  const model = () => replay([{ content: [{ name: 'transfer_to_user', arguments: {} }] }])
  const lazy = () => new AssistantAgent({ name: 'lazy', model: model(), handoffs: ['user'] })
  for (const until of [
    handoffTo('user'),
    functional((said) => said.some((m) => m.type === 'HandoffMessage'))
  ])
    expect(await new Swarm([lazy()], { until }).run('Go.')).toMatchObject({ status: 'done' })
})
