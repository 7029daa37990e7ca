import type { ServerResponse } from 'node:http'
import { answers, bytes, type Reply, type ScriptedServer, scriptedServer } from './scripted-server.ts'

export { answers, bytes, hangs } from './scripted-server.ts'

/** Starts a server with OpenAI's protocol that answers by a script, the last entry over and over. */
export async function openaiServer(...script: Reply[]): Promise<ScriptedServer> {
  const server = await scriptedServer(...script)
  return Object.assign(server, { url: `${server.url}/v1` })
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

/** A chunk of a stream with this delta. */
export const chunk = (
  delta: object | null,
  finish_reason: string | null = null,
  more: object = {}
): object => ({
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  created: 1,
  model: 'gpt-4o',
  choices: [{ index: 0, delta, finish_reason, ...more }]
})

/** Streams these as the data of events, each in a packet of its own, and ends: objects as JSON, texts as they are. */
export const events = (...data: (object | string)[]): Reply =>
  bytes(
    'text/event-stream',
    data.map((one) => `data: ${typeof one === 'string' ? one : JSON.stringify(one)}\n\n`)
  )
