import { z } from 'zod'
import { type ComponentType, type Nested, remember } from '../../../machines/component/component.ts'
import { demandOptions } from '../../../machines/shared/option-names.ts'
import type { ToolSchema } from '../../models/model.ts'
import { type Egress, openEgress } from '../../network/egress/egress.ts'
import { uuidOf } from '../../shared/uuid-of.ts'
import { Guise, Overrides } from '../overrides.ts'
import { reasonOf } from '../run-tool.ts'
import type { ToolCall, ToolOutput, Workbench } from '../tool.ts'
import { elicit } from './elicitation.ts'
import type { McpHost } from './host.ts'
import { ModelNames } from './names.ts'
import { demandAllowed, McpParams, serverName } from './params.ts'
import { Patience } from './patience.ts'
import { callTool, type McpTool, toolsOf } from './requests.ts'
import { outputOf } from './result.ts'
import { type McpServer, readServer } from './server.ts'
import { connect, type McpListener, type McpSession } from './session.ts'
import { Shared } from './shared.ts'

/** Milliseconds after which a server without calls is disconnected; the next call connects again. */
const IDLE = 600_000
/** Milliseconds in which a server that has not answered has to say that it is there at all. */
const SIGN_OF_LIFE = 2000

const Config = (nested: Nested) =>
  z.looseObject({
    server_params: McpParams,
    tool_overrides: Overrides,
    host: nested<McpHost>('mcp_session_host' as never).nullish()
  })
type Config = z.infer<ReturnType<typeof Config>>

/** What an MCP workbench may be told besides its server. */
export interface McpOptions {
  toolOverrides?: Overrides
  /** What the server may ask of us. */
  host?: McpHost | null
  egress?: Egress
}

/** A call that is under way: who is asked in its name, and how long it may take. */
interface UnderWay {
  call: ToolCall
  patience: Patience
  /** How many questions the server has asked meanwhile. */
  questions: number
}

/** The tools of an MCP server. It connects when it is first needed. */
export class McpWorkbench implements Workbench, AsyncDisposable {
  readonly #params: McpParams
  readonly #guise: Guise
  readonly #names = new ModelNames()
  readonly #host: McpHost | null
  readonly #egress: Egress
  readonly #connection: Shared<McpSession>
  readonly #calls = new Set<UnderWay>()
  #tools: Promise<ToolSchema[]> | null = null
  #idle: NodeJS.Timeout | undefined

  /** Throws `unknown_option` or `bad_component` where the server's place does not fit. */
  constructor(server: McpServer, options: McpOptions = {}) {
    demandOptions('McpWorkbench', options, ['toolOverrides', 'host', 'egress'])
    this.#params = readServer(server)
    const { toolOverrides = {}, host = null, egress = openEgress } = options
    this.#guise = new Guise(toolOverrides)
    this.#host = host
    this.#egress = egress
    this.#connection = new Shared(
      (signal) => this.#connect(signal),
      (session) => session.close()
    )
    remember(
      closed,
      { server_params: this.#params, tool_overrides: toolOverrides, ...(host && { host }) },
      this
    )
  }

  async listTools(signal: AbortSignal): Promise<readonly ToolSchema[]> {
    const session = await this.#connected(signal)
    const tools = this.#tools ?? this.#ask(session)
    this.#tools = tools
    return tools
  }

  async callTool(name: string, args: Record<string, unknown>, call: ToolCall): Promise<ToolOutput> {
    let session: McpSession | undefined
    try {
      session = await this.#connected(call.signal)
      return outputOf(await this.#call(session, this.#guise.original(this.#names.original(name)), args, call))
    } catch (error) {
      if (call.signal.aborted) throw call.signal.reason
      return { content: session?.problem() ?? reasonOf(error), isError: true }
    }
  }

  async start(): Promise<void> {
    await this.#connected(new AbortController().signal)
  }

  async stop(): Promise<void> {
    clearTimeout(this.#idle)
    this.#tools = null
    await this.#connection.close()
  }

  /** The same as `stop`. */
  async close(): Promise<void> {
    await this.stop()
  }
  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  saveState(): Record<string, unknown> {
    return { type: 'McpWorkBenchState' }
  }
  loadState(): void {}

  async #call(session: McpSession, name: string, args: Record<string, unknown>, call: ToolCall) {
    const patience = new Patience(session.patience)
    const underWay = { call, patience, questions: 0 }
    this.#calls.add(underWay)
    const signal = AbortSignal.any([call.signal, patience.signal])
    const { idempotencyKey: key } = call
    try {
      return await callTool(session.client, { name, args, key, signal, onprogress: () => patience.renew() })
    } catch (error) {
      if (!patience.signal.aborted) throw error
      await this.#letGoUnlessAlive(session)
      throw patience.signal.reason
    } finally {
      patience.end()
      this.#calls.delete(underWay)
    }
  }

  /** A server that hangs would let every further call wait for nothing: the next one connects anew. */
  async #letGoUnlessAlive(session: McpSession): Promise<void> {
    const alive = await session.client.ping({ timeout: SIGN_OF_LIFE }).then(
      () => true,
      () => false
    )
    if (!alive) void this.#forget(session).catch(() => {})
  }

  #connected(signal: AbortSignal): Promise<McpSession> {
    clearTimeout(this.#idle)
    this.#idle = setTimeout(() => void this.stop(), IDLE)
    this.#idle.unref()
    return this.#connection.get(signal)
  }

  async #connect(signal: AbortSignal): Promise<McpSession> {
    const { sampler, roots } = this.#host ?? {}
    const on: McpListener = {
      close: () => void (session && this.#forget(session)),
      change: () => {
        this.#tools = null
      },
      elicit: (question, signal) => this.#elicit(question, signal),
      ...(sampler && {
        sample: (request, signal) => this.#during(({ call }) => sampler.sample(request, { ...call, signal }))
      }),
      ...(roots && { roots })
    }
    let session: McpSession | undefined
    try {
      session = await connect(this.#params, on, signal, this.#egress)
      return session
    } catch (error) {
      if (signal.aborted) throw signal.reason
      throw new Error(`The MCP server "${serverName(this.#params)}" cannot be reached: ${reasonOf(error)}`)
    }
  }

  #elicit(question: Parameters<NonNullable<McpListener['elicit']>>[0], signal: AbortSignal) {
    const source = serverName(this.#params)
    return this.#during(async (underWay) => {
      const { askAs: ask, idempotencyKey } = underWay.call
      if (!ask) return { action: 'cancel' as const }
      // The same when the call is made again after a crash.
      const requestId = () => uuidOf(`${idempotencyKey}:question:${underWay.questions++}`)
      const put = (prompt: string) => ask({ requestId: requestId(), prompt, source })
      // The question may stay without an answer, or the call may be over before.
      return elicit(source, question, put).catch(() => ({ action: 'cancel' as const }))
    }).catch((error) => {
      if (signal.aborted) throw error
      return { action: 'cancel' as const }
    })
  }

  /** Does something in the name of the call that is under way; its time does not count meanwhile. */
  #during<T>(work: (underWay: UnderWay) => Promise<T>): Promise<T> {
    const last = [...this.#calls].at(-1)
    if (!last) return Promise.reject(new Error('No call is under way.'))
    return last.patience.during(() => work(last))
  }

  #forget(session: McpSession): Promise<void> {
    this.#tools = null
    return this.#connection.forget(session)
  }

  async #ask(session: McpSession): Promise<ToolSchema[]> {
    try {
      const tools = await toolsOf(session.client, { timeout: session.patience })
      return this.#names.show(tools.map((tool) => this.#guise.show(schemaOf(tool))))
    } catch (error) {
      this.#tools = null
      const why = session.problem() ?? reasonOf(error)
      throw new Error(`The MCP server "${serverName(this.#params)}" does not tell its tools: ${why}`)
    }
  }
}

/** How a model sees a tool of a server. */
export const schemaOf = ({ name, description, inputSchema }: McpTool): ToolSchema => ({
  name,
  description: description ?? '',
  parameters: { properties: {}, required: [], additionalProperties: false, ...inputSchema, type: 'object' }
})

/**
 * The component type of MCP workbenches. `commands`: what configs may start as a process; without any, they reach
 * servers behind addresses only.
 */
export function mcpWorkbench(
  commands: readonly string[] | 'any',
  egress: Egress = openEgress
): ComponentType<McpWorkbench, Config> {
  return {
    provider: 'autogen_ext.tools.mcp.McpWorkbench',
    kind: 'workbench',
    version: 1,
    description: 'The tools of an MCP server.',
    config: Config,
    create({ server_params, tool_overrides, host }) {
      demandAllowed(server_params, commands)
      return new McpWorkbench(server_params, { toolOverrides: tool_overrides, host, egress })
    }
  }
}

const closed = mcpWorkbench([])
