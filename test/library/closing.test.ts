import { expect, test } from 'vitest'
import { z } from 'zod'
import {
  AssistantAgent,
  defineModel,
  fromAiSdk,
  models,
  openai,
  RoundRobinGroupChat,
  replay,
  StaticWorkbench
} from '../../src/index.ts'

test('models, workbenches, agents and teams are closed by hand and by `await using`', async () => {
  const sdk = { specificationVersion: 'v3', provider: 'x', modelId: 'y' } as never
  const model = replay(['Hi.'])
  const agent = new AssistantAgent({ name: 'ada', model })
  const team = new RoundRobinGroupChat([agent], { maxTurns: 1 })
  const all = [
    ...[model, openai('gpt-4o-mini'), models.ollama({ model: 'qwen3' }), fromAiSdk(sdk)],
    ...[agent, team, new StaticWorkbench([])]
  ]
  for (const one of all) {
    await one.close()
    await one[Symbol.asyncDispose]()
  }
})

test('a model of a kind of its own gives back what it holds, once for each time that it is closed', async () => {
  const closed: string[] = []
  const kind = defineModel({
    provider: 'test.Held',
    config: z.object({ at: z.string() }),
    create: () => 'Hi.',
    close: ({ at }) => void closed.push(at)
  })
  {
    await using model = kind({ at: 'here' })
    expect((await new AssistantAgent({ name: 'ada', model }).run('Go.')).output).toBe('Hi.')
    expect(closed).toEqual([])
  }
  expect(closed).toEqual(['here'])
})
