import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { openTroupe, sqlite } from '../../src/embedded/index.ts'
import {
  AssistantAgent,
  defineModel,
  dump,
  fromComponent,
  type ModelAnswer,
  RoundRobinGroupChat,
  tool,
  UserProxyAgent
} from '../../src/index.ts'

/** A model that does these things in turn, and how often it was asked. */
function flaky(...deeds: (ModelAnswer | Error)[]) {
  const asked: number[] = []
  const model = defineModel({
    provider: 'test.Flaky',
    create() {
      asked.push(performance.now())
      const deed = deeds[Math.min(asked.length, deeds.length) - 1]!
      if (deed instanceof Error) throw deed
      return deed
    }
  })
  return { model: model(), asked }
}

const down = () => new Error('The service is down.')
const refused = (status: number) => Object.assign(new Error(`Refused with ${status}.`), { status })

describe('an agent that may try again', () => {
  test('asks its model again as often as it may, each time after its delay', async () => {
    const { model, asked } = flaky(down(), down(), 'Here.')
    const agent = new AssistantAgent({ name: 'ada', model, retry: { times: 2, delayMs: 30 } })
    expect((await agent.run('Go.')).output).toBe('Here.')
    expect(asked).toHaveLength(3)
    expect(asked[2]! - asked[0]!).toBeGreaterThanOrEqual(55)
  })

  test('fails with the last error where that was not enough, and at once without it', async () => {
    const { model, asked } = flaky(down(), down(), 'Here.')
    await expect(new AssistantAgent({ name: 'ada', model, retry: { times: 1 } }).run('Go.')).rejects.toThrow(
      'is down'
    )
    expect(asked).toHaveLength(2)
    const one = flaky(down(), 'Here.')
    await expect(new AssistantAgent({ name: 'ada', model: one.model }).run('Go.')).rejects.toThrow('is down')
    expect(one.asked).toHaveLength(1)
  })

  test.each([
    [400, 1],
    [401, 1],
    [404, 1],
    [408, 2],
    [429, 2],
    [500, 2],
    [503, 2]
  ])('does not ask again what is refused for good: %d', async (status, times) => {
    const { model, asked } = flaky(refused(status), 'Here.')
    await new AssistantAgent({ name: 'ada', model, retry: { times: 3 } }).run('Go.').catch(() => {})
    expect(asked).toHaveLength(times)
  })

  test('asks again where an answer does not fit its shape', async () => {
    const { model, asked } = flaky('no JSON', '{"city":7}', '{"city":"Rome"}')
    const outputType = z.object({ city: z.string() })
    const agent = new AssistantAgent({ name: 'ada', model, outputType, retry: { times: 2 } })
    expect((await agent.run('Go.')).output).toEqual({ city: 'Rome' })
    expect(asked).toHaveLength(3)
  })

  test('calls no tool a second time', async () => {
    let called = 0
    const count = tool({
      ...{ name: 'count', description: 'C', parameters: z.object({}) },
      run: () => String(++called)
    })
    const call = { content: [{ id: 'c', name: 'count', arguments: '{}' }] }
    const { model } = flaky(call, down(), 'Counted.')
    const agent = new AssistantAgent({
      ...{ name: 'ada', model, tools: [count], reflectOnToolUse: true, retry: { times: 1 } }
    })
    expect((await agent.run('Go.')).output).toBe('Counted.')
    expect(called).toBe(1)
  })

  test('goes on after a restart without asking again for what it was answered', async () => {
    const { model, asked } = flaky(down(), 'Here.')
    const team = () =>
      new RoundRobinGroupChat(
        [new AssistantAgent({ name: 'ada', model, retry: { times: 1 } }), new UserProxyAgent('bob')],
        { maxTurns: 2 }
      )
    const { temporary } = await import('../support/run-server.ts')
    const { folder, remove } = await temporary()
    const store = sqlite(`${folder}/retry.db`)
    const first = await openTroupe({ store, teams: { team } })
    const run = await first.start('team', 'Go.')
    await expect.poll(() => run.status).toBe('awaiting_input')
    await first.close()
    const later = await openTroupe({ store, teams: { team } })
    await (await later.pending())[0]!.answer('Bye.')
    expect((await (await later.run(run.id)).result()).output).toBe('Bye.')
    await later.close()
    await remove()
    expect(asked).toHaveLength(2)
  })
})

test('retry stands in a component, and is refused where it is none', async () => {
  const { replay } = await import('../../src/index.ts')
  const agent = new AssistantAgent({ name: 'ada', model: replay(['Hi.']), retry: { times: 2, delayMs: 5 } })
  const component = JSON.parse(JSON.stringify(dump(agent)))
  expect(component.config.retry).toEqual({ times: 2, delay_ms: 5 })
  expect(fromComponent(component)).toBeInstanceOf(AssistantAgent)
  const make = (retry: object) => () =>
    new AssistantAgent({ name: 'a', model: replay([]), retry: retry as never })
  expect(make({ time: 2 })).toThrow('Did you mean "times"?')
  expect(make({ times: -1 })).toThrow('retry')
  expect(make({ times: 1, delayMs: -1 })).toThrow('retry')
})
