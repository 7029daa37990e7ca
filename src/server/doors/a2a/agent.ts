import { z } from 'zod'
import { TroupeError } from '../../../protocol/errors.ts'
import type { RunStatus } from '../../../protocol/run-status.ts'
import type { RunRow, TeamRow } from '../../../runtime/store/store.ts'
import { type HttpRequest, type HttpResponse, isAdmin, mayAccess, type User } from '../../http/http.ts'
import { type Route, route } from '../../http/route.ts'
import { logInternal } from '../../run-api/log-internal.ts'
import type { AnswerEnd, AnswerEvent } from '../common/answer-events.ts'
import type { AnswerPlace } from '../common/door-runs.ts'
import type { DoorTools } from '../common/door-tools.ts'
import { collect, runHeader, stopsOnLeaving, streamAnswer } from '../common/follow.ts'
import { messagesOf } from '../common/task-content.ts'
import { A2aError, errorBody, failureOfReason, type RpcFailure } from './errors.ts'
import { approvalIn, ListTasks, Request, SendMessage, TaskQuery, textIn, toContent } from './params.ts'
import { stateOfRun, type TaskIds, taskOf } from './task.ts'
import { A2aWriter } from './writer.ts'

const TeamPath = z.object({ team: z.string() })

/** `POST /a2a/{team}`: JSON-RPC with a team. */
export const agentRoutes = (tools: DoorTools): Route[] => {
  const agents = new Agents(tools)
  return [
    route('POST', '/a2a/{team}', { path: TeamPath }, async ({ path, user, request }) => {
      const team = await tools.teams.find(path.team, user)
      return agents.answer(await request.body(), { team, user, request })
    })
  ]
}

/** Who calls which team. */
interface Call {
  team: TeamRow
  user: User
  request: HttpRequest
}

type Id = string | number | null

/** Answers the methods of A2A. */
class Agents {
  readonly #tools: DoorTools

  constructor(tools: DoorTools) {
    this.#tools = tools
  }

  async answer(body: string, call: Call): Promise<HttpResponse> {
    let id: Id = null
    try {
      const request = readRequest(body)
      id = request.id
      demandVersion(call.request)
      return await this.#method(request.method, request.params, id, call)
    } catch (error) {
      return { status: 200, body: errorBody(id, this.#failure(error)) }
    }
  }

  #failure(error: unknown): RpcFailure {
    if (error instanceof RpcError || error instanceof A2aError) return error
    if (error instanceof TroupeError) return failureOfReason(error.code, error.message)
    logInternal(this.#tools.services.runtime, 0, error, 'a request of A2A has failed')
    return new A2aError('INTERNAL', 'Internal server error')
  }

  async #method(method: string, params: unknown, id: Id, call: Call): Promise<HttpResponse> {
    switch (method) {
      case 'SendMessage':
        return this.#send(parsed(SendMessage, params), id, call)
      case 'SendStreamingMessage': {
        const place = await this.#proceed(parsed(SendMessage, params), call)
        return this.#stream(place, id, call.request)
      }
      case 'GetTask': {
        const { id: task, historyLength } = parsed(TaskQuery, params)
        const run = await this.#run(task, call.user)
        return result(id, (await this.#task(run, historyLength)).task, run.id)
      }
      case 'ListTasks':
        return result(id, await this.#list(parsed(ListTasks, params), call.user))
      case 'CancelTask':
        return this.#cancel(parsed(TaskQuery, params).id, id, call)
      case 'SubscribeToTask': {
        const run = await this.#run(parsed(TaskQuery, params).id, call.user)
        const { place, isOver } = await this.#standing(run)
        if (isOver)
          throw new A2aError('UNSUPPORTED_OPERATION', `The task ${run.id} has ended: GetTask gives it.`)
        return this.#stream(place, id, call.request)
      }
      case 'GetExtendedAgentCard':
        throw new A2aError('EXTENDED_AGENT_CARD_NOT_CONFIGURED', 'There is no extended card.')
      default:
        if (/PushNotificationConfigs?$/.test(method))
          throw new A2aError('PUSH_NOTIFICATION_NOT_SUPPORTED', 'Push notifications are not supported.')
        throw new A2aError('METHOD_NOT_FOUND', `There is no method "${method}".`)
    }
  }

  async #send(params: SendMessage, id: Id, call: Call): Promise<HttpResponse> {
    const { runs, services } = this.#tools
    const place = await this.#proceed(params, call)
    const { returnImmediately, historyLength } = params.configuration ?? {}
    if (!returnImmediately) await collect(services.runtime, place.run, await runs.reader(place), place.after)
    const { task } = await this.#task(place.run, historyLength)
    return result(id, { task }, place.run.id)
  }

  /** What a message goes on with: the task that it names, another run of its context, or a new one. */
  async #proceed({ message }: SendMessage, { team, user }: Call): Promise<AnswerPlace> {
    if (message.taskId) return this.#reply(message, await this.#run(message.taskId, user))
    const before = message.contextId ? await this.#latest(message.contextId, user) : undefined
    const content = message.parts.flatMap(toContent)
    const task = messagesOf(content, 'user', this.#tools.services.runtime.clock)
    if (task.length === 0) throw new TroupeError('empty_task')
    return this.#tools.runs.begin({ team, user, task, before })
  }

  async #reply(message: SendMessage['message'], run: RunRow): Promise<AnswerPlace> {
    if (message.contextId && message.contextId !== contextOf(run))
      throw new A2aError('INVALID_PARAMS', `The task ${run.id} belongs to the context ${contextOf(run)}.`)
    const { questions, isOver } = await this.#tools.runs.standing(run)
    if (isOver)
      throw new A2aError(
        'UNSUPPORTED_OPERATION',
        `The task ${run.id} has ended: send the message without a taskId, in the context ${contextOf(run)}.`
      )
    const [question] = questions
    if (!question) throw new TroupeError('still_running', String(run.id))
    const given = question.call ? (approvalIn(message.parts) ?? textIn(message.parts)) : textIn(message.parts)
    if (given === '') throw new TroupeError('empty_task')
    return this.#tools.runs.answer(run, given, question.request_id)
  }

  /** The newest run of a context. */
  async #latest(context: string, user: User): Promise<RunRow> {
    const session = /^[1-9]\d{0,15}$/.test(context) ? Number(context) : 0
    const run = session === 0 ? undefined : (await this.#tools.services.store.runs.ofSession(session)).at(-1)
    if (run && mayAccess(user, run.user_id)) return run
    throw new A2aError(
      'INVALID_PARAMS',
      `There is no context "${context}": send the first message without a contextId, its task names one.`
    )
  }

  async #run(task: string, user: User): Promise<RunRow> {
    if (!/^[1-9]\d{0,15}$/.test(task)) throw new A2aError('TASK_NOT_FOUND', `There is no task "${task}".`)
    return this.#tools.runs.own(Number(task), user)
  }

  async #cancel(task: string, id: Id, { user }: Call): Promise<HttpResponse> {
    const run = await this.#run(task, user)
    if ((await this.#tools.runs.standing(run)).isOver)
      throw new A2aError('TASK_NOT_CANCELABLE', `The task ${run.id} has ended.`)
    await this.#tools.runs.stop(run, 'The client has cancelled the task.')
    return result(id, (await this.#task(run)).task, run.id)
  }

  /** The caller's tasks, newest first. What a run has said is read only where it is asked for. */
  async #list(query: ListTasks, user: User) {
    const { contextId, status, pageSize = 50, pageToken, historyLength = 0, includeArtifacts = false } = query
    const before = pageToken && /^[1-9]\d{0,15}$/.test(pageToken) ? Number(pageToken) : undefined
    const found = await this.#runsOf(contextId, statusesOf(status), user, before, pageSize)
    const page = found.slice(0, pageSize)
    const tasks = []
    for (const run of page) {
      if (historyLength === 0 && !includeArtifacts) tasks.push(outlineOf(run))
      else {
        const { task } = await this.#task(run, historyLength)
        tasks.push(includeArtifacts ? task : { ...task, artifacts: undefined })
      }
    }
    const isFull = page.length === pageSize
    return { tasks, nextPageToken: isFull ? String(page.at(-1)!.id) : '', pageSize, totalSize: tasks.length }
  }

  /** Runs that a user may read, newest first: those of a context, or all; `before` is the last one of the page before. */
  async #runsOf(
    context: string | undefined,
    statuses: readonly RunStatus[] | undefined,
    user: User,
    before: number | undefined,
    limit: number
  ) {
    const { runs } = this.#tools.services.store
    const isMeant = ({ id, status }: { id: number; status: RunStatus }) =>
      (before === undefined || id < before) && (!statuses || statuses.includes(status))
    if (context) {
      const all = await runs.ofSession(/^[1-9]\d{0,15}$/.test(context) ? Number(context) : 0)
      return all.filter((run) => isMeant(run) && mayAccess(user, run.user_id)).toReversed()
    }
    if (statuses?.length === 0) return []
    const owner = isAdmin(user) ? undefined : (user.id ?? undefined)
    const rows = await runs.overview({ before, limit, user: owner, ...(statuses && { status: statuses }) })
    return (await Promise.all(rows.map(({ id }) => runs.get(id)))).filter((run) => run !== undefined)
  }

  /** All that a run has said, where its newest answer begins, and how that has ended. */
  async #standing(run: RunRow) {
    const { runs } = this.#tools
    const { isOver, questions: open } = await runs.standing(run)
    const events: AnswerEvent[] = []
    let end: AnswerEnd | null = null
    let place: AnswerPlace = { run, after: 0 }
    for (;;) {
      const { events: more, end: found } = await runs.readSoFar(place)
      events.push(...more)
      end = found
      if (found?.how !== 'asked') break
      const asked = new Set(found.questions.map(({ request_id }) => request_id))
      // Its newest question is still open: the answer that has asked it is the newest one.
      if (open.some(({ request_id }) => asked.has(request_id))) break
      place = { run, after: found.seq }
    }
    return { events, end, place, isOver }
  }

  async #task(run: RunRow, historyLength?: number) {
    const standing = await this.#standing(run)
    return { ...standing, task: taskOf(idsOf(run), run.id, standing.events, standing.end, historyLength) }
  }

  async #stream(place: AnswerPlace, request: Id, head: HttpRequest): Promise<HttpResponse> {
    const { runs, services } = this.#tools
    const { run, after } = place
    const ids = idsOf(run)
    const { task } = await this.#task(run)
    const writer = new A2aWriter({ request, ids, run: run.id, task })
    const left = stopsOnLeaving(head) ? () => runs.stopLeft(run) : undefined
    return streamAnswer(services.runtime, { run, writer, reader: await runs.reader(place), after, left })
  }
}

const contextOf = ({ session_id }: RunRow): string => String(session_id)
const idsOf = (run: RunRow): TaskIds => ({ taskId: String(run.id), contextId: contextOf(run) })

/** A task without what was said in it. */
const outlineOf = (run: RunRow) => ({
  ...{ id: String(run.id), contextId: contextOf(run), status: { state: stateOfRun[run.status] } },
  metadata: { troupe: { run: run.id } }
})

/** The statuses of runs that are in a state of tasks; undefined where any is meant. */
function statusesOf(state: string | undefined): RunStatus[] | undefined {
  if (!state || state === 'TASK_STATE_UNSPECIFIED') return undefined
  const all = Object.keys(stateOfRun) as RunStatus[]
  return all.filter((status) => stateOfRun[status] === state)
}

const result = (id: Id, value: unknown, run?: number): HttpResponse => ({
  status: 200,
  headers: run === undefined ? {} : runHeader(run),
  body: { jsonrpc: '2.0', id, result: value }
})

/** A body that is no request of JSON-RPC. */
class RpcError extends Error implements RpcFailure {
  readonly code: number
  readonly reason: string

  constructor(code: number, reason: string, message: string) {
    super(message)
    this.code = code
    this.reason = reason
  }
}

function readRequest(body: string): z.infer<typeof Request> {
  let value: unknown
  try {
    value = JSON.parse(body)
  } catch {
    throw new RpcError(-32700, 'PARSE_ERROR', 'The body is no JSON.')
  }
  const { data } = Request.safeParse(value)
  if (!data) throw new RpcError(-32600, 'INVALID_REQUEST', 'The body is no request of JSON-RPC 2.0.')
  return data
}

/** Refuses a client that says that it speaks another version than 1. */
function demandVersion({ headers, query }: HttpRequest): void {
  const version = headers.get('a2a-version') ?? query.get('A2A-Version')
  if (version && !/^1(\.|$)/.test(version))
    throw new A2aError('VERSION_NOT_SUPPORTED', `This speaks A2A 1.0, not ${version}.`)
}

function parsed<Schema extends z.ZodType>(schema: Schema, given: unknown): z.output<Schema> {
  const { data, error } = schema.safeParse(given ?? {})
  if (data !== undefined) return data as z.output<Schema>
  const problems = error!.issues.map(({ path, message }) => `${path.join('.') || 'params'}: ${message}`)
  throw new A2aError('INVALID_PARAMS', problems.join('; '))
}
