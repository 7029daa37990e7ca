import { WebSocket } from 'ws'
import { checkAnswer } from './schemas.ts'

/** An answer over REST. */
export interface Answer {
  status: number
  headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: a test looks at what it expects to be there
  body: any
}

/** Asks a server over REST, with a token where one is given. */
export class RestClient {
  readonly url: string
  readonly #token: string | undefined

  constructor(url: string, token?: string) {
    this.url = url
    this.#token = token
  }

  async call(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {}
  ): Promise<Answer> {
    const answer = await fetch(`${this.url}/api${path}`, {
      method,
      redirect: 'manual',
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(this.#token !== undefined && { authorization: `Bearer ${this.#token}` }),
        ...headers
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) })
    })
    const { status } = answer
    const given = parsed(await answer.text())
    checkAnswer(method, path.replace(/\?.*$/, ''), status, given)
    return { status, headers: answer.headers, body: given }
  }

  get = (path: string) => this.call('GET', path)
  post = (path: string, body: unknown) => this.call('POST', path, body)
  put = (path: string, body: unknown) => this.call('PUT', path, body)
  remove = (path: string) => this.call('DELETE', path)

  /** A session and a run in it, of a user. */
  async newRun(user_id: string): Promise<{ session: number; run: number }> {
    const { body: made } = await this.post('/sessions/', { user_id, name: 'test' })
    const { body } = await this.post('/runs/', { session_id: made.data.id, user_id })
    return { session: made.data.id, run: body.data.run_id }
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** A client of any socket, whose frames are taken one after the other. */
export class SocketClient {
  readonly ws: WebSocket
  readonly end: Promise<{ code: number; reason: string }>
  // biome-ignore lint/suspicious/noExplicitAny: frames are taken as they come
  readonly frames: any[] = []
  #taken = 0
  #changed = Promise.withResolvers<void>()

  constructor(url: string, headers: Record<string, string> = {}) {
    this.ws = new WebSocket(url.replace(/^http/, 'ws'), { headers })
    this.ws.on('error', () => {})
    this.ws.on('message', (data) => {
      this.frames.push(JSON.parse(String(data)))
      this.#wake()
    })
    this.end = new Promise((resolve) =>
      this.ws.on('close', (code, reason) => {
        resolve({ code, reason: String(reason) })
        this.#wake()
      })
    )
  }

  send(frame: unknown): void {
    this.ws.send(typeof frame === 'string' || Buffer.isBuffer(frame) ? frame : JSON.stringify(frame))
  }

  /** The next frame of this type; all before it count as taken. */
  // biome-ignore lint/suspicious/noExplicitAny: frames are taken as they come
  async next(type: string): Promise<any> {
    for (;;) {
      const at = this.frames.findIndex((frame, i) => i >= this.#taken && frame.type === type)
      if (at >= 0) {
        this.#taken = at + 1
        return this.frames[at]
      }
      if (this.ws.readyState === WebSocket.CLOSED)
        throw new Error(
          `The end ${JSON.stringify(await this.end)} came before ${type}: ${JSON.stringify(this.frames.slice(-5))}`
        )
      await this.#changed.promise
    }
  }

  #wake(): void {
    this.#changed.resolve()
    this.#changed = Promise.withResolvers()
  }
}
