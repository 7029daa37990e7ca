import { describe, expect, test } from 'vitest'
import { answers, begins, fails, hangs, openaiServer, says } from '../../support/openai-server.ts'
import { ask, callOf, failure, KEY, openaiModel } from '../model-call.ts'

const soon = { 'retry-after-ms': '1' }

describe('a failing OpenAI model', () => {
  test('does not ask again with a key that was refused, and says what to do without naming the key', async () => {
    await using server = await openaiServer(fails(401, `Incorrect API key provided: ${KEY}.`))
    const error = await failure(ask(openaiModel(server.url)))
    const { origin } = new URL(server.url)
    expect(error.message).toBe(
      `The model "gpt-4o" at ${origin} did not accept the API key (HTTP 401): Incorrect API key provided: ***. ` +
        "Check api_key in the model's config or OPENAI_API_KEY."
    )
    expect(error.status).toBe(401)
    expect(server.asked).toHaveLength(1)
  })

  test('names no secret of its headers or its address either', async () => {
    await using server = await openaiServer(fails(400, 'bad header hush-hush-hush'))
    const default_headers = { authorization: 'Bearer hush-hush-hush' }
    const { message } = await failure(ask(openaiModel(server.url, { default_headers })))
    expect(message).toContain('bad header ***')
    const inside = await failure(ask(openaiModel('http://me:very-secret@127.0.0.1:1', { max_retries: 0 })))
    expect(inside.message).not.toContain('very-secret')
  })

  test('waits as long as Retry-After asks and then asks again, with the same idempotency key', async () => {
    await using server = await openaiServer(fails(429, 'slow down', { 'retry-after': '1' }), says('ok'))
    const began = performance.now()
    expect((await ask(openaiModel(server.url))).content).toBe('ok')
    expect(performance.now() - began).toBeGreaterThan(990)
    expect(server.asked.map(({ headers }) => headers['idempotency-key'])).toEqual(['run:1:1', 'run:1:1'])
  })

  test('gives up at once when it is asked to wait longer than it may take', async () => {
    await using server = await openaiServer(fails(429, 'come back tomorrow', { 'retry-after': '86400' }))
    const { message } = await failure(ask(openaiModel(server.url)))
    expect(message).toMatch(/\(HTTP 429\): come back tomorrow It asks to wait 86400 s\.$/)
  })

  test.each([408, 409, 429, 500, 503])('asks again after %i', async (status) => {
    await using server = await openaiServer(fails(status, 'no', soon), says('ok'))
    expect((await ask(openaiModel(server.url))).content).toBe('ok')
  })

  test('waits for a moment of its own choice when the service names none', async () => {
    await using server = await openaiServer(fails(500, 'no'), says('ok'))
    const began = performance.now()
    await ask(openaiModel(server.url))
    expect(performance.now() - began).toBeGreaterThan(370)
  })

  test.each([
    [undefined, 3],
    [0, 1],
    [4, 5]
  ])('with max_retries %s asks %i times', async (max_retries, times) => {
    await using server = await openaiServer(answers(500, '<html><h1>Oh no</h1>\n<p>down</p></html>', soon))
    const { message } = await failure(ask(openaiModel(server.url, { max_retries })))
    expect(message).toContain('has a fault on the side of its service (HTTP 500): Oh no down')
    expect(message.includes(`Tried ${times} times.`)).toBe(times > 1)
    expect(server.asked).toHaveLength(times)
  })

  test('says when nobody is there', async () => {
    const server = await openaiServer(hangs)
    await server[Symbol.asyncDispose]()
    const { message } = await failure(ask(openaiModel(server.url, { max_retries: 0 })))
    expect(message).toMatch(
      /^The model "gpt-4o" at http:\/\/127\.0\.0\.1:\d+ cannot be reached: .*ECONNREFUSED/
    )
  })

  test('does not wait longer than its time-out, and hangs up', async () => {
    await using server = await openaiServer(hangs)
    const { message } = await failure(ask(openaiModel(server.url, { timeout: 0.05 })))
    expect(message).toMatch(/did not answer within 0\.05 s \(timeout\)\.$/)
    await server.asked[0]?.left
  })

  test('takes a stream for alive as long as something comes', async () => {
    await using server = await openaiServer(async (response, asked) => {
      for (let count = 0; count < 6; count++) {
        await begins({ reasoning_content: 'hm' })(
          Object.assign(response, count && { writeHead: () => {} }),
          asked
        )
        await new Promise((resolve) => setTimeout(resolve, 60))
      }
    })
    const began = performance.now()
    const { message } = await failure(ask(openaiModel(server.url, { timeout: 0.2 }), { stream: true }))
    expect(message).toContain('did not answer within 0.2 s')
    expect(performance.now() - began).toBeGreaterThan(450)
  })

  test('does not ask again once something was handed on, and says that the answer was cut off', async () => {
    await using server = await openaiServer(async (response, asked) => {
      await begins({ content: 'Hel' }, { content: 'lo' })(response, asked)
      response.destroy()
    })
    const { call, chunks, records } = callOf()
    const { message } = await failure(ask(openaiModel(server.url), { stream: true }, call))
    expect(chunks.join('')).toBe('Hello')
    expect(message).toContain('was cut off after 5 characters, which have been handed on')
    expect(server.asked).toHaveLength(1)
    expect(records).toEqual([])
  })

  test('takes a stream that ends without its end for cut off', async () => {
    await using server = await openaiServer(async (response, asked) => {
      await begins({ content: 'Hello' })(response, asked)
      response.end()
    })
    expect((await failure(ask(openaiModel(server.url), { stream: true }))).message).toContain('was cut off')
  })

  test('asks again when the connection was cut before anything was handed on', async () => {
    await using server = await openaiServer((response) => response.destroy(), says('ok'))
    expect((await ask(openaiModel(server.url))).content).toBe('ok')
    await using other = await openaiServer(async (response, asked) => {
      await begins({ role: 'assistant' })(response, asked)
      response.destroy()
    }, says('ok'))
    expect((await ask(openaiModel(other.url), { stream: true })).content).toBe('ok')
  })

  test('gives the error that a stream tells', async () => {
    const event = { error: { message: 'out of luck', type: 'invalid_request_error', code: null } }
    await using server = await openaiServer((response) => response.end(`data: ${JSON.stringify(event)}\n\n`))
    const { message } = await failure(ask(openaiModel(server.url), { stream: true }))
    expect(message).toContain('refused the request (HTTP 400): out of luck')
  })

  const garbage: [string, unknown][] = [
    ['HTML', '<html><head><title>x</title></head><body>Welcome to nginx</body></html>'],
    ['half of a JSON', '{"choices": [{'],
    ['an empty list of choices', { choices: [] }],
    ['something else', { hello: 'Welcome to nginx' }],
    ['nothing', '']
  ]
  test.each(garbage)('says so when the answer is %s', async (_, body) => {
    await using server = await openaiServer(answers(200, body))
    for (const stream of [false, true]) {
      const { message } = await failure(ask(openaiModel(server.url, { max_retries: 0 }), { stream }))
      expect(message).toMatch(/^The (model|answer of the model) "gpt-4o"/)
      if (JSON.stringify(body).includes('nginx')) expect(message).toContain('Welcome to nginx')
    }
  })

  test('is left at once when the call is aborted, with the reason, and the server sees that', async () => {
    await using server = await openaiServer(hangs, begins({ content: 'Hel' }))
    const reason = new Error('cancelled')
    const stops = [new AbortController(), new AbortController()]
    const first = ask(openaiModel(server.url), {}, callOf({ signal: stops[0]!.signal }).call)
    const { left } = await server.request(1)
    stops[0]?.abort(reason)
    await expect(first).rejects.toBe(reason)
    await left
    const onChunk = () => stops[1]?.abort(reason)
    const { call } = callOf({ signal: stops[1]!.signal, onChunk })
    await expect(ask(openaiModel(server.url), { stream: true }, call)).rejects.toBe(reason)
    await server.asked[1]?.left
  })

  test('is left at once while it waits for the next try', async () => {
    await using server = await openaiServer(fails(500, 'no', { 'retry-after': '60' }))
    const stop = new AbortController()
    const call = ask(openaiModel(server.url), {}, callOf({ signal: stop.signal }).call)
    await server.request(1)
    setTimeout(() => stop.abort(new Error('cancelled')), 20)
    await expect(call).rejects.toThrow('cancelled')
  })
})
