import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { afterEach, describe, expect, test } from 'vitest'
import { limits } from '../../../src/runtime/shared/limits.ts'
import { answers, bytes, chunk, events, openaiServer, says } from '../../support/openai-server.ts'
import type { Reply } from '../../support/scripted-server.ts'
import { add, ask, callOf, failure, openaiModel } from '../model-call.ts'

const usual = { ...limits }
afterEach(() => Object.assign(limits, usual))

const hello = JSON.stringify({
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' }]
})
const stream = `${[chunk({ content: 'Hel' }), chunk({ content: 'lo' }), chunk({}, 'stop')].map((one) => `data: ${JSON.stringify(one)}\n\n`).join('')}data: [DONE]\n\n`

describe('an answer that is compressed', () => {
  test.each([
    ['gzip', gzipSync],
    ['x-gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
    ['zstd', zstdCompressSync],
    ['identity', (text: string) => Buffer.from(text)]
  ])('by %s is read, streamed or not, an error too', async (encoding, pack) => {
    const headers = { 'content-encoding': encoding }
    const cut = (packed: Buffer) => [packed.subarray(0, 9), packed.subarray(9)]
    await using server = await openaiServer(
      bytes('application/json', cut(pack(hello)), headers),
      bytes('text/event-stream', cut(pack(stream)), headers),
      (response) => response.writeHead(400, headers).end(pack('{"error": {"message": "not so"}}'))
    )
    const model = openaiModel(server.url)
    expect((await ask(model)).content).toBe('Hello')
    expect((await ask(model, { stream: true })).content).toBe('Hello')
    expect((await failure(ask(model))).message).toContain('not so')
  })

  test('in a way that is not known or not true is told', async () => {
    await using server = await openaiServer(
      bytes('application/json', [hello], { 'content-encoding': 'rot13' }),
      bytes('application/json', ['this is not gzip'], { 'content-encoding': 'gzip' })
    )
    const model = openaiModel(server.url, { max_retries: 0 })
    expect((await failure(ask(model))).message).toContain('compressed in an unknown way: rot13')
    expect((await failure(ask(model))).message).toContain('incorrect header check')
  })
})

/** Writes the same over and over until the client leaves. */
const endless =
  (type: string, begin: string, more: string): Reply =>
  async (response, asked) => {
    response.writeHead(200, { 'content-type': type }).write(begin)
    let gone = false
    asked.left.then(() => {
      gone = true
    })
    while (!gone) {
      if (!response.write(more)) await Promise.race([once(response, 'drain'), asked.left])
      await new Promise(setImmediate)
    }
  }

describe('an answer that does not end is cut off by its size, with a code', () => {
  const piece = JSON.stringify(chunk({ content: 'x'.repeat(1000) }))
  const call = JSON.stringify(
    chunk({ tool_calls: [{ index: 0, function: { arguments: 'x'.repeat(1000) } }] })
  )
  test.each([
    [
      'a document',
      false,
      endless('application/json', '{"choices": [{"message": {"content": "', 'x'.repeat(5000))
    ],
    ['white space', false, endless('application/json', '', ' '.repeat(5000))],
    ['a stream of text', true, endless('text/event-stream', '', `data: ${piece}\n\n`)],
    ['a stream of arguments', true, endless('text/event-stream', '', `data: ${call}\n\n`)],
    ['a stream of comments', true, endless('text/event-stream', '', `: ${'x'.repeat(5000)}\n\n`)],
    ['one event', true, endless('text/event-stream', 'data: {', 'x'.repeat(5000))],
    ['something that is no stream', true, endless('text/plain', 'hello', 'x'.repeat(5000))]
  ])(
    'an answer that does not end is cut off by its size, with a code: %s [LIMIT-5]',
    async (_, stream, reply) => {
      Object.assign(limits, { modelBody: 2 ** 20, modelAnswer: 2 ** 19 })
      await using server = await openaiServer(reply)
      const error = await ask(openaiModel(server.url), { stream, tools: [add] }).then(
        () => expect.unreachable(),
        (error) => error
      )
      expect(error).toMatchObject({ code: 'answer_too_large' })
      expect(error.message).toMatch(
        /^The answer of the model "gpt-4o" at .* is larger than what is taken of one \((0\.5|1) MiB\)\.$/
      )
      await server.asked[0]?.left
      expect(server.asked).toHaveLength(1)
    }
  )

  test('what a refusal says is read for a megabyte', async () => {
    const flood = 'x'.repeat(2 ** 21)
    await using server = await openaiServer(answers(400, flood))
    expect((await failure(ask(openaiModel(server.url)))).message).toMatch(/\(HTTP 400\): x{300}…$/)
  })

  test('an answer that becomes very much when it is unpacked is cut off by its size, with a code [LIMIT-5]', async () => {
    limits.modelBody = 2 ** 20
    const bomb = gzipSync(Buffer.alloc(2 ** 26, ' '))
    await using server = await openaiServer(bytes('application/json', [bomb], { 'content-encoding': 'gzip' }))
    await expect(ask(openaiModel(server.url))).rejects.toMatchObject({ code: 'answer_too_large' })
  })
})

test('comments alone keep a call alive for six time limits', async () => {
  await using server = await openaiServer(async (response, asked) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    const timer = setInterval(() => response.write(': waiting\n\n'), 10)
    await asked.left
    clearInterval(timer)
  })
  const began = performance.now()
  const { message } = await failure(ask(openaiModel(server.url, { timeout: 0.05 }), { stream: true }))
  expect(message).toContain('did not answer within 0.05 s')
  expect(performance.now() - began).toBeGreaterThan(250)
})

/** A server below HTTP: what comes is answered by the script, an entry for each connection. */
async function rawServer(...script: ((socket: Socket, asked: string) => void)[]) {
  const sockets = new Set<Socket>()
  let connections = 0
  const server = createServer((socket) => {
    const play = script[Math.min(connections++, script.length - 1)]!
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('data', (asked) => play(socket, String(asked)))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    connections: () => connections,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      server.close()
    }
  }
}

const head = (more: string) => `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n${more}\r\n\r\n`
const whole = head(`content-length: ${hello.length}`) + hello

describe('a server that speaks no clean HTTP', () => {
  test.each([
    ['says something else', 'SSH-2.0-OpenSSH_9.2\r\n', /gave an answer that cannot be understood/],
    [
      'has a head without end',
      `HTTP/1.1 200 OK\r\nx: ${'x'.repeat(2 ** 20)}`,
      /gave an answer that cannot be understood/
    ],
    ['writes broken chunks', `${head('transfer-encoding: chunked')}zz\r\nhello\r\n`, /was cut off/],
    ['ends before it has said all', head('content-length: 1000') + hello, /was cut off/],
    ['ends in the midst of a chunk', `${head('transfer-encoding: chunked')}ff\r\nhello`, /was cut off/]
  ])('and %s: this is said', async (_, text, said) => {
    await using server = await rawServer((socket) => socket.end(text))
    expect((await failure(ask(openaiModel(server.url, { max_retries: 0 })))).message).toMatch(said)
  })

  test('and hangs up without a word cannot be reached', async () => {
    await using server = await rawServer((socket) => socket.destroy())
    expect((await failure(ask(openaiModel(server.url, { max_retries: 0 })))).message).toContain(
      'cannot be reached'
    )
  })

  test('and ends its body by hanging up is read', async () => {
    await using server = await rawServer((socket) => socket.end(head('connection: close') + hello))
    expect((await ask(openaiModel(server.url))).content).toBe('Hello')
  })

  test('and closes a connection that is used again is asked once more, without a retry', async () => {
    let asked = 0
    await using server = await rawServer(
      (socket) => (asked++ === 0 ? socket.write(whole) : socket.destroy()),
      (socket) => socket.write(whole)
    )
    const model = openaiModel(server.url, { max_retries: 0 })
    expect((await ask(model)).content).toBe('Hello')
    expect((await ask(model)).content).toBe('Hello')
    expect(server.connections()).toBe(2)
  })
})

test('connections are used again', async () => {
  const ports = new Set<number>()
  await using server = await openaiServer((response, asked) => {
    ports.add(response.socket!.remotePort!)
    return (asked.body.stream ? events(chunk({ content: 'ok' }), chunk({}, 'stop'), '[DONE]') : says('ok'))(
      response,
      asked
    )
  })
  const model = openaiModel(server.url)
  for (const stream of [false, true, false, true]) {
    const { call } = callOf()
    await ask(model, { stream }, call)
    await new Promise(setImmediate)
  }
  expect(ports.size).toBe(1)
})

test('a key that was copied with the end of its line is sent without it, and a name in the address is sent', async () => {
  await using server = await openaiServer(says('ok'))
  await ask(openaiModel(server.url, { api_key: 'sk-with-a-line\n' }))
  expect(server.asked[0]?.headers.authorization).toBe('Bearer sk-with-a-line')
})
