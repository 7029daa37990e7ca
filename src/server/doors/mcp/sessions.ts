import { randomUUID } from 'node:crypto'
import { type Server, WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/server'
import { TroupeError } from '../../../protocol/errors.ts'
import type { User } from '../../http/http.ts'

/** The most sessions at once, of all users and of one of them; the one that was used least recently goes first. */
const [MOST, MOST_OF_ONE] = [2000, 200]
/** How long a session that is not used is kept, in milliseconds. */
const PATIENCE = 1_800_000

interface Session {
  transport: WebStandardStreamableHTTPServerTransport
  server: Server
  user: User
  /** When it was used last, in milliseconds since 1970. */
  used: number
  /** How many answers are being streamed: a call may wait for its person for longer than a session is kept. */
  open: number
}

/**
 * The sessions of clients that speak MCP of 2025. They hold what a connection is, and nothing of a run: a client whose
 * session is gone gets 404 and begins another one.
 */
export class ClientSessions {
  readonly #sessions = new Map<string, Session>()
  readonly #serverFor: (user: User) => Server

  constructor(serverFor: (user: User) => Server) {
    this.#serverFor = serverFor
  }

  /** Answers a request of a session, or one that begins a session. */
  async answer(request: Request, user: User): Promise<Response> {
    this.#expire()
    const id = request.headers.get('mcp-session-id')
    if (id === null) return this.#begin(request, user)
    const session = this.#sessions.get(id)
    // Another user's session is none.
    if (!session || session.user.id !== user.id) return notFound()
    session.used = Date.now()
    this.#sessions.delete(id)
    this.#sessions.set(id, session)
    return counted(await session.transport.handleRequest(request), session)
  }

  async #begin(request: Request, user: User): Promise<Response> {
    const server = this.#serverFor(user)
    const transport = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      maxRequestBodySize: Number.MAX_SAFE_INTEGER,
      onsessioninitialized: (id) => {
        this.#makeRoom(user)
        this.#sessions.set(id, { transport, server, user, used: Date.now(), open: 0 })
      },
      onsessionclosed: (id) => void this.#sessions.delete(id)
    })
    await server.connect(transport)
    const response = await transport.handleRequest(request)
    if (transport.sessionId === undefined) await server.close()
    return response
  }

  #makeRoom(user: User): void {
    const own = [...this.#sessions].filter(([, session]) => session.user.id === user.id)
    if (user.id !== null && own.length >= MOST_OF_ONE) this.#end(own[0]![0])
    if (this.#sessions.size >= MOST) this.#end(this.#sessions.keys().next().value!)
  }

  #expire(): void {
    const before = Date.now() - PATIENCE
    for (const [id, { used, open }] of this.#sessions) {
      if (used > before) break
      if (open === 0) this.#end(id)
    }
  }

  #end(id: string): void {
    const session = this.#sessions.get(id)
    this.#sessions.delete(id)
    session?.server.close().catch(() => {})
  }
}

/** An answer that counts as open until it has ended, or its client has left. */
function counted(response: Response, session: Session): Response {
  if (!response.body) return response
  session.open++
  const ended = () => {
    session.open--
    session.used = Date.now()
  }
  const watched = new TransformStream<Uint8Array, Uint8Array>()
  response.body.pipeTo(watched.writable).then(ended, ended)
  return new Response(watched.readable, response)
}

function notFound(): Response {
  const { message, code } = new TroupeError('unknown_session')
  const error = { code: -32001, message, data: { code } }
  return Response.json({ jsonrpc: '2.0', id: null, error }, { status: 404 })
}
