import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'

/** What a scripted server was asked. */
export interface Asked {
  headers: IncomingMessage['headers']
  // biome-ignore lint/suspicious/noExplicitAny: a test looks at what it expects to be there
  body: any
  /** Settles when the client goes away before the answer is complete. */
  left: Promise<void>
}

/** One answer of the script. */
export type Reply = (response: ServerResponse, asked: Asked) => unknown

/** A server with OpenAI's protocol that answers by a script, the last entry over and over. */
export interface OpenAIServer extends AsyncDisposable {
  url: string
  asked: Asked[]
  /** Settles when the n-th request (from 1) has arrived. */
  request(n: number): Promise<Asked>
}

/** Starts a scripted server on a free port of 127.0.0.1. */
export async function openaiServer(...script: Reply[]): Promise<OpenAIServer> {
  const asked: Asked[] = []
  const server = createServer(async (request, response) => {
    const left = once(response, 'close').then(() => {
      if (response.writableFinished) return new Promise<void>(() => {})
    })
    const one = { headers: request.headers, body: await json(request), left }
    asked.push(one)
    server.emit('asked')
    await script[Math.min(asked.length, script.length) - 1]?.(response, one)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    asked,
    async request(n) {
      while (asked.length < n) await once(server, 'asked')
      return asked[n - 1]!
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
    }
  }
}

/** Answers with a status and a body, as JSON unless it is a text. */
export const answers =
  (status: number, body: unknown, headers: Record<string, string> = {}): Reply =>
  (response) => {
    const type = typeof body === 'string' ? 'text/html' : 'application/json'
    response.writeHead(status, { 'content-type': type, ...headers })
    response.end(typeof body === 'string' ? body : JSON.stringify(body))
  }

/** Answers with an error in OpenAI's shape. */
export const fails = (status: number, message: string, headers?: Record<string, string>): Reply =>
  answers(status, { error: { message, type: 'error', param: null, code: null } }, headers)

/** Answers with a whole message. */
export const says = (message: object | string, finish_reason = 'stop'): Reply =>
  answers(200, {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1,
    model: 'gpt-4o-2024-08-06',
    choices: [
      {
        index: 0,
        message: typeof message === 'string' ? { role: 'assistant', content: message } : message,
        finish_reason
      }
    ],
    usage: { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 }
  })

/** Streams deltas, each in a packet of its own, and leaves the stream open. */
export const begins =
  (...deltas: object[]): Reply =>
  async (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    for (const delta of deltas) await write(response, { choices: [{ index: 0, delta, finish_reason: null }] })
  }

/** Streams deltas and ends as OpenAI does, usage last. */
export const streams =
  (deltas: object[], finish_reason = 'stop'): Reply =>
  async (response, asked) => {
    await begins(...deltas)(response, asked)
    await write(response, { choices: [{ index: 0, delta: {}, finish_reason }] })
    await write(response, {
      choices: [],
      usage: { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 }
    })
    response.end('data: [DONE]\n\n')
  }

const write = (response: ServerResponse, chunk: object) =>
  new Promise<void>((resolve) => {
    response.write(
      `data: ${JSON.stringify({ id: 'chatcmpl-1', created: 1, model: 'gpt-4o', ...chunk })}\n\n`,
      () => setImmediate(resolve)
    )
  })

/** Never answers. */
export const hangs: Reply = () => {}
