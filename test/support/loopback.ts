import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'

/** The two servers that the teams of the wire recordings talk to, each on a free port of 127.0.0.1. */
export interface Loopback extends AsyncDisposable {
  toolPort: number
  modelPort: number
}

/** Starts a tool server and a model server for one play; the model server counts its answers from 1. */
export async function startLoopback(): Promise<Loopback> {
  const servers = [createServer(toolServer), createServer(modelServer())] as const
  const [toolPort, modelPort] = await Promise.all(servers.map(listen))
  return {
    toolPort: toolPort!,
    modelPort: modelPort!,
    async [Symbol.asyncDispose]() {
      for (const server of servers) {
        server.closeAllConnections()
        server.close()
      }
    }
  }
}

/** `POST /add` `{a, b}` answers the sum; `POST /slow/<ms>` `{label}` answers `done <label>` after that time. */
const toolServer: RequestListener = async (request, response) => {
  const body = await json(request)
  const delay = /^\/slow\/(\d+)$/.exec(request.url ?? '')?.[1]
  if (delay !== undefined) await sleep(Number(delay))
  const answer =
    delay !== undefined ? `done ${body.label}` : request.url === '/add' ? body.a + body.b : undefined
  response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'text/plain; charset=utf-8' })
  response.end(String(answer ?? 'no such tool'))
}

/** An OpenAI-compatible `POST /v1/chat/completions` whose k-th answer quotes the last message. */
function modelServer(): RequestListener {
  let count = 0
  return async (request, response) => {
    const { messages, model } = await json(request)
    const known = request.url === '/v1/chat/completions'
    if (known) count += 1
    response.writeHead(known ? 200 : 404, { 'content-type': 'application/json' })
    response.end(JSON.stringify(known ? completion(count, model, messages.at(-1).content) : {}))
  }
}

const completion = (count: number, model: string, content: string): object => ({
  id: `chatcmpl-${count}`,
  object: 'chat.completion',
  created: Math.floor(Date.now() / 1000),
  model,
  choices: [
    {
      index: 0,
      message: { role: 'assistant', content: `answer ${count} to ${JSON.stringify(content.slice(0, 40))}` },
      finish_reason: 'stop'
    }
  ],
  usage: { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 }
})

// biome-ignore lint/suspicious/noExplicitAny: a server of a test takes what comes
async function json(request: IncomingMessage): Promise<any> {
  return JSON.parse((await text(request)) || '{}')
}

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}
