import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'

/** A call that reached the service. */
interface Call {
  key: string
  /** What tells it from all other calls of its run. */
  about: string
  times: number
  /** Its place among all calls, the last time that it was made. */
  last: number
}

/**
 * The world outside of the servers: a tool and a model, which count who called them with which idempotency key. The
 * model says what it was told, so that an agent that forgets something says something else.
 */
export class Service {
  readonly port: number
  /** What went wrong: calls that should never have been made. */
  readonly problems: string[] = []
  /** Called when an unfinished call is made again. */
  onRepeat: () => void = () => {}
  readonly #calls = new Map<string, Call>()
  readonly #done = new Map<string, string>()
  readonly #server: ReturnType<typeof createServer>

  private constructor(server: ReturnType<typeof createServer>) {
    this.#server = server
    this.port = (server.address() as AddressInfo).port
  }

  static async start(): Promise<Service> {
    let service: Service | undefined
    const server = createServer((request, response) => {
      // Who called may be dead by now.
      service!.#answer(request, response).catch(() => response.destroy())
    })
    server.keepAliveTimeout = 60_000
    await once(server.listen(0, '127.0.0.1'), 'listening')
    service = new Service(server)
    return service
  }

  /** Notes that the answer of a call is stored: it must not be made again. `why` says how that is known. */
  done(key: string, why: string): void {
    if (!this.#done.has(key)) this.#done.set(key, why)
  }

  /** How many calls were made so far. */
  count = 0

  /** The calls of one server's runs that were made when there had been `since` calls already, all by default. */
  keysOf(prefix: string, since = 0): string[] {
    const calls = [...this.#calls.values()].filter(({ key, last }) => key.startsWith(prefix) && last > since)
    return calls.map(({ key }) => key)
  }

  /** How often calls whose keys begin so were made, by what they were about. */
  timesOf(prefix: string): Map<string, number> {
    const calls = [...this.#calls.values()].filter(({ key }) => key.startsWith(prefix))
    return new Map(calls.map(({ about, times }) => [about, times]))
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    this.#server.close()
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // biome-ignore lint/suspicious/noExplicitAny: it comes from our own teams
    const body = (await json(request)) as any
    const [, world, what, delay] = request.url!.split('/')
    if (what === 'flood') return pour(response)
    const key = `${world}/${decodeURI(String(request.headers['idempotency-key']))}`
    const isTool = what === 'tool'
    const about = isTool ? String(body.call) : digest(body.messages)
    this.#note(key, `${what} ${about}`)
    if (Number(delay) > 0) await sleep(Number(delay))
    if (isTool) response.setHeader('content-type', 'text/plain').end(`done ${about}`)
    else response.setHeader('content-type', 'application/json').end(JSON.stringify(completion(about)))
  }

  #note(key: string, about: string): void {
    const known = this.#calls.get(key)
    const done = this.#done.get(key)
    if (done !== undefined) this.problems.push(`"${key}" (${about}) was called again although ${done}.`)
    const last = ++this.count
    if (!known) this.#calls.set(key, { key, about, times: 1, last })
    else {
      if (known.about !== about)
        this.problems.push(`"${key}" stands for "${known.about}" and for "${about}".`)
      known.times++
      known.last = last
      this.onRepeat()
    }
  }
}

/** A model that streams far more than fits into a line, until its client has enough. */
async function pour(response: ServerResponse): Promise<void> {
  const delta = { content: `${'x'.repeat(300_000)} ` }
  const chunk = {
    id: 'chatcmpl-1',
    created: 1,
    model: 'gpt-4o',
    choices: [{ index: 0, delta, finish_reason: null }]
  }
  const text = `data: ${JSON.stringify(chunk)}\n\n`
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  while (!response.destroyed) {
    response.write(text)
    await sleep(40)
  }
}

const digest = (value: unknown) => createHash('sha1').update(JSON.stringify(value)).digest('hex').slice(0, 12)

const completion = (about: string) => ({
  ...{ id: 'chatcmpl-1', object: 'chat.completion', created: 1, model: 'gpt-4o' },
  choices: [
    { index: 0, message: { role: 'assistant', content: `I was told ${about}.` }, finish_reason: 'stop' }
  ],
  usage: { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 }
})
