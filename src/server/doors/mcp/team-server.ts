import {
  CLIENT_CAPABILITIES_META_KEY,
  type ClientCapabilities,
  ProtocolError,
  ProtocolErrorCode,
  ResourceNotFoundError,
  Server,
  type ServerContext,
  type Tool
} from '@modelcontextprotocol/server'
import { z } from 'zod'
import { TroupeError } from '../../../protocol/errors.ts'
import type { User } from '../../http/http.ts'
import type { DoorTools } from '../common/door-tools.ts'
import type { ListedTeam } from '../common/team-directory.ts'
import { answerTool, failed, toolOf } from './results.ts'
import { RunResources } from './run-resources.ts'
import { type Caller, TeamCalls } from './team-calls.ts'

/** The name of the tool by which a client that cannot ask its person answers a question. */
const ANSWER = 'answer'

/** How long the person of a client of 2025 has to answer, in milliseconds: a week. */
const PATIENCE = 604_800_000
/** How many questions a run may ask within one call of a client of 2025. */
const MOST_QUESTIONS = 1000

const Task = z.object({ task: z.string() })
const Answer = z.object({
  run: z.int().positive(),
  request_id: z.string().optional(),
  answer: z.string().optional(),
  approved: z.boolean().optional(),
  reason: z.string().optional()
})

/** Makes MCP servers whose tools are the teams that a user can reach, and whose resources are the user's runs. */
export class TeamServer {
  readonly #tools: DoorTools
  readonly #calls: TeamCalls
  readonly #resources: RunResources

  constructor(tools: DoorTools) {
    this.#tools = tools
    this.#calls = new TeamCalls(tools)
    this.#resources = new RunResources(tools)
  }

  /** A server for one user: for a request, or for a connection. */
  serverFor(user: User): Server {
    const server = new Server(
      { name: 'troupe', version: this.#tools.services.version },
      {
        capabilities: { tools: {}, resources: {} },
        inputRequired: { roundTimeoutMs: PATIENCE, maxRounds: MOST_QUESTIONS }
      }
    )
    const canAsk = (ctx: ServerContext) => mayElicit(ctx, server)
    server.setRequestHandler('tools/list', async (_, ctx) => ({
      tools: [...(await this.#teamTools(user)).keys()].concat(canAsk(ctx) ? [] : [answerTool(ANSWER)])
    }))
    server.setRequestHandler('tools/call', ({ params: { name, arguments: given = {} } }, ctx) =>
      this.#call(name, given, { user, ctx, canAsk: canAsk(ctx) })
    )
    server.setRequestHandler('resources/list', async ({ params }) =>
      this.#resources.list(user, params?.cursor)
    )
    server.setRequestHandler('resources/templates/list', () => this.#resources.templates())
    server.setRequestHandler('resources/read', async ({ params: { uri } }) => {
      const found = await this.#resources.read(uri, user)
      if (!found) throw new ResourceNotFoundError(uri)
      return found
    })
    return server
  }

  async #call(name: string, given: Record<string, unknown>, caller: Caller) {
    try {
      if (name === ANSWER) return await this.#calls.answer(parsed(Answer, given), caller)
      const team = [...(await this.#teamTools(caller.user))].find(([tool]) => tool.name === name)?.[1]
      if (!team)
        throw new ProtocolError(
          ProtocolErrorCode.InvalidParams,
          `There is no tool "${name}" that you can reach.`
        )
      const row = await this.#tools.teams.find(String(team.row.id), caller.user)
      return await this.#calls.call(row, parsed(Task, given).task, caller)
    } catch (error) {
      if (error instanceof TroupeError) return failed(error.message, error.code)
      throw error
    }
  }

  /** The tools that teams are. */
  async #teamTools(user: User): Promise<Map<Tool, ListedTeam>> {
    const teams = await this.#tools.teams.list(user)
    return new Map(teams.map((team) => [toolOf(team, nameOf(team)), team]))
  }
}

/** Names of tools are of ASCII, and some clients take 64 characters only. */
const nameOf = ({ name, row }: ListedTeam): string =>
  /^[\w-]{1,64}$/.test(name) && name !== ANSWER && !/^\d+$/.test(name) ? name : `team-${row.id}`

function parsed<Schema extends z.ZodType>(schema: Schema, given: unknown): z.output<Schema> {
  const { data, error } = schema.safeParse(given)
  if (data !== undefined) return data as z.output<Schema>
  const problems = error!.issues.map(({ path, message }) => `${path.join('.') || 'arguments'}: ${message}`)
  throw new ProtocolError(ProtocolErrorCode.InvalidParams, problems.join('; '))
}

/** Whether the client can ask its person by a form. */
function mayElicit({ mcpReq }: ServerContext, server: Server): boolean {
  const sent = (mcpReq.envelope as Record<string, unknown> | undefined)?.[CLIENT_CAPABILITIES_META_KEY] as
    | ClientCapabilities
    | undefined
  const { elicitation } = sent ?? server.getClientCapabilities() ?? {}
  return elicitation !== undefined && ('form' in elicitation || !('url' in elicitation))
}
