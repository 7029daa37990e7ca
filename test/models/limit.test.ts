import { describe, expect, test } from 'vitest'
import { openaiServer, says } from '../support/openai-server.ts'
import { ask, callOf, openaiModel } from './model-call.ts'

describe('max_concurrency', () => {
  test('holds for all models of the process with the same address, name and key; others do not wait', async () => {
    let active = 0
    let most = 0
    await using server = await openaiServer(async (response, asked) => {
      const counts = asked.body.model === 'gpt-4o'
      if (counts) most = Math.max(most, ++active)
      await new Promise((resolve) => setTimeout(resolve, 20))
      if (counts) active--
      says('ok')(response, asked)
    })
    const models = Array.from({ length: 6 }, () => openaiModel(server.url, { max_concurrency: 2 }))
    const other = openaiModel(server.url, { model: 'gpt-4o-mini', max_concurrency: 1 })
    await Promise.all([...models, other].map((model) => ask(model)))
    expect(most).toBe(2)
  })

  test('lets a call that is aborted leave the queue, and the next one in', async () => {
    const go: (() => void)[] = []
    await using server = await openaiServer((response, asked) => go.push(() => says('ok')(response, asked)))
    const model = openaiModel(server.url, { max_concurrency: 1 })
    const stop = new AbortController()
    const first = ask(model)
    await server.request(1)
    const second = ask(model, {}, callOf({ signal: stop.signal }).call)
    const third = ask(model)
    await new Promise((resolve) => setTimeout(resolve, 10))
    stop.abort(new Error('cancelled'))
    await expect(second).rejects.toThrow('cancelled')
    go[0]?.()
    await first
    await server.request(2)
    go[1]?.()
    expect((await third).content).toBe('ok')
  })
})
