import type { CreateMessageResult } from '@modelcontextprotocol/sdk/types.js'
import { z } from 'zod'
import { explain } from '../../protocol/errors.ts'
import { isTooDeep } from '../../protocol/json-depth.ts'
import type { Egress } from '../../runtime/network/egress/egress.ts'
import { demandAllowed, McpParams, serverName } from '../../runtime/tools/mcp/params.ts'
import { connect, type McpListener, type McpSession } from '../../runtime/tools/mcp/session.ts'
import { reasonOf } from '../../runtime/tools/run-tool.ts'
import type { Socket, SocketEvents } from '../ws/socket.ts'
import { Operation, perform } from './operations.ts'
import { ElicitationResponse, McpQuestions } from './questions.ts'

/** What a page may send. */
const Frame = z.union([
  z.object({ type: z.literal('ping') }),
  ElicitationResponse,
  z.intersection(z.object({ type: z.literal('operation') }), Operation)
])

type Activity = 'protocol' | 'error' | 'sampling' | 'elicitation'

/** What a server gets that asks for a model, as from AutoGen Studio: its tools can be tried without one. */
const noModel: CreateMessageResult = {
  role: 'assistant',
  model: 'none',
  stopReason: 'endTurn',
  content: { type: 'text', text: '[A placeholder: no model was asked.]' }
}

interface McpConnectionOptions {
  session: string
  /** Gives what to connect to, with its secrets. */
  params(): Promise<unknown>
  /** What the operator lets configs start. */
  commands: readonly string[] | 'any'
  /** What may be reached. */
  egress?: Egress
  /** Called when the connection to the server is being closed. */
  ends(closing: Promise<void>): void
}

/** A page's connection to an MCP server: carries its operations there and the server's questions back. */
export class McpConnection implements SocketEvents {
  readonly #socket: Socket
  readonly #options: McpConnectionOptions
  readonly #gone = new AbortController()
  readonly #questions = new McpQuestions((frame) => this.#send(frame))
  #server: McpSession | null = null

  constructor(socket: Socket, options: McpConnectionOptions) {
    this.#socket = socket
    this.#options = options
    void this.#open()
  }

  onMessage(text: string): void {
    const frame = parse(text)
    if (typeof frame === 'string')
      this.#send({ type: 'operation_error', operation: operationIn(text), error: frame })
    else if (frame.type === 'ping') this.#send({ type: 'pong' })
    else if (frame.type === 'operation') void this.#perform(frame)
    else if (!this.#questions.answer(frame)) this.#tell('error', 'That is not asked, or not any more.', {})
  }

  onBinary(): void {
    this.#send({ type: 'operation_error', operation: null, error: 'Binary frames are not understood.' })
  }

  onTooLarge(): void {}
  onDrain(): void {}

  onClose(): void {
    this.#gone.abort()
    this.#questions.cancel()
    if (this.#server) this.#options.ends(this.#server.close())
    this.#server = null
  }

  async #open(): Promise<void> {
    this.#send({ type: 'connected' })
    try {
      const server = await this.#connect()
      if (this.#gone.signal.aborted) return this.#options.ends(server.close())
      this.#server = server
      const capabilities = server.client.getServerCapabilities() ?? {}
      this.#send({ type: 'initialized', capabilities })
    } catch (error) {
      this.#fail(reasonOf(error))
    }
  }

  async #connect(): Promise<McpSession> {
    const parsed = McpParams.safeParse(await this.#options.params())
    if (!parsed.success) throw new Error(`The server's parameters do not fit:\n${explain(parsed.error)}`)
    demandAllowed(parsed.data, this.#options.commands)
    this.#send({ type: 'initializing' })
    const on: McpListener = {
      close: () => this.#fail('The MCP server has closed the connection.'),
      change: () => this.#tell('protocol', 'The tools of the server have changed.', {}),
      elicit: (question, signal) => {
        this.#tell('elicitation', `The server asks: ${question.message}`, question)
        return this.#questions.ask(question, signal)
      },
      sample: (request) => {
        this.#tell('sampling', 'The server asks a model.', request)
        this.#tell('sampling', 'It was given a placeholder: no model is asked from here.', noModel)
        return noModel
      },
      tell: ({ method, params }) => this.#tell('protocol', `MCP ${method}`, { method, params })
    }
    return connect(parsed.data, on, this.#gone.signal, this.#options.egress).catch((error) => {
      throw new Error(`The MCP server "${serverName(parsed.data)}" cannot be reached: ${reasonOf(error)}`)
    })
  }

  async #perform(asked: Operation): Promise<void> {
    const { operation } = asked
    try {
      if (!this.#server) throw new Error('The MCP server is not connected yet.')
      this.#tell('protocol', `${operation} was asked for.`, { operation })
      const data = await perform(asked, this.#server)
      this.#send({ type: 'operation_result', operation, data })
    } catch (error) {
      this.#send({ type: 'operation_error', operation, error: reasonOf(error) })
    }
  }

  #fail(error: string): void {
    if (this.#gone.signal.aborted) return
    this.#send({ type: 'error', error })
    this.#socket.close(1000, 'The connection to the MCP server is over')
  }

  #tell(activity_type: Activity, message: string, details: object): void {
    this.#send({ type: 'mcp_activity', activity_type, message, details })
  }

  #send(frame: Record<string, unknown>): void {
    if (this.#gone.signal.aborted) return
    const timestamp = new Date().toISOString()
    this.#socket.send(JSON.stringify({ ...frame, session_id: this.#options.session, timestamp }))
  }
}

function parse(text: string): z.infer<typeof Frame> | string {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return 'Invalid message format'
  }
  if (isTooDeep(value)) return 'This is nested too deeply.'
  const parsed = Frame.safeParse(value)
  return parsed.success ? parsed.data : explain(parsed.error)
}

/** The operation that a bad frame names, so that the page can tell which one failed. */
function operationIn(text: string): string | null {
  try {
    const { operation } = JSON.parse(text) ?? {}
    return typeof operation === 'string' ? operation : null
  } catch {
    return null
  }
}
