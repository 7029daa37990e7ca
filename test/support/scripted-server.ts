import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'

/** What a scripted server was asked. */
export interface Asked {
  path: string
  headers: IncomingMessage['headers']
  // biome-ignore lint/suspicious/noExplicitAny: a test looks at what it expects to be there
  body: any
  /** Settles when the client goes away before the answer is complete. */
  left: Promise<void>
}

/** One answer of the script. */
export type Reply = (response: ServerResponse, asked: Asked) => unknown

/** A server that answers by a script, the last entry over and over. */
export interface ScriptedServer extends AsyncDisposable {
  /** Its address without a path. */
  url: string
  asked: Asked[]
  /** Settles when the n-th request (from 1) has arrived. */
  request(n: number): Promise<Asked>
}

/** Starts a scripted server on a free port of 127.0.0.1. */
export async function scriptedServer(...script: Reply[]): Promise<ScriptedServer> {
  const asked: Asked[] = []
  const server = createServer(async (request, response) => {
    const left = once(response, 'close').then(() => {
      if (response.writableFinished) return new Promise<void>(() => {})
    })
    const one = { path: request.url!, headers: request.headers, body: await json(request), left }
    asked.push(one)
    server.emit('asked')
    await script[Math.min(asked.length, script.length) - 1]?.(response, one)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
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

/** Begins an answer whose pieces go out each in a packet of its own, and leaves it open. */
export const pieces =
  (type: string, texts: readonly string[]): Reply =>
  async (response) => {
    response.writeHead(200, { 'content-type': type })
    for (const text of texts) await write(response, text)
  }

const write = (response: ServerResponse, text: string) =>
  new Promise<void>((resolve) => {
    response.write(text, () => setImmediate(resolve))
  })

/** Gives these pieces and cuts the connection. */
export const cuts =
  (begin: Reply): Reply =>
  async (response, asked) => {
    await begin(response, asked)
    response.destroy()
  }

/** Never answers. */
export const hangs: Reply = () => {}

/** Answers 200 with a body of these bytes, each in a packet of its own, and ends it. */
export const bytes =
  (type: string, parts: readonly (string | Buffer)[], headers: Record<string, string> = {}): Reply =>
  async (response) => {
    response.writeHead(200, { 'content-type': type, ...headers })
    for (const part of parts)
      await new Promise<void>((resolve) => response.write(part, () => setImmediate(resolve)))
    response.end()
  }
