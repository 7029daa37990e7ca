import { randomBytes } from 'node:crypto'
import {
  type CallToolResult,
  type ElicitInputParams,
  type InputRequiredResult,
  inputRequired,
  inputResponse,
  SdkError,
  SdkErrorCode,
  type ServerContext
} from '@modelcontextprotocol/server'
import { TroupeError } from '../../../protocol/errors.ts'
import type { PendingInput } from '../../../protocol/server-frames.ts'
import type { TeamRow } from '../../../runtime/store/store.ts'
import type { User } from '../../http/http.ts'
import type { AnswerEnd, AnswerEvent } from '../common/answer-events.ts'
import type { ConversationName } from '../common/conversations.ts'
import type { AnswerPlace, Approval } from '../common/door-runs.ts'
import type { DoorTools } from '../common/door-tools.ts'
import { collect } from '../common/follow.ts'
import { messagesOf } from '../common/task-content.ts'
import { Threads } from '../common/threads.ts'
import { resultOf } from './results.ts'

/** Who calls, and whether the client can ask its person. */
export interface Caller {
  user: User
  ctx: ServerContext
  canAsk: boolean
}

/** Where the answer begins that has ended with a question: the call goes on from there. */
interface KeptPlace {
  after: number
  open: readonly PendingInput[]
}

type Outcome = CallToolResult | InputRequiredResult

/** Begins and answers runs for calls of tools. */
export class TeamCalls {
  readonly #tools: DoorTools
  readonly #threads: Threads

  constructor(tools: DoorTools) {
    this.#tools = tools
    this.#threads = new Threads('mcp', tools)
  }

  /** Gives a team a task, or goes on with the run that has asked a person. */
  async call(team: TeamRow, task: string, caller: Caller): Promise<Outcome> {
    const state = caller.ctx.mcpReq.requestState<string>()
    if (state !== undefined) return this.#goOn(state, caller)
    const messages = messagesOf([{ kind: 'text', text: task }], 'user', this.#tools.services.runtime.clock)
    if (task.trim() === '') throw new TroupeError('empty_task')
    return this.#follow(await this.#tools.runs.begin({ team, user: caller.user, task: messages }), caller)
  }

  /** Answers a question of a run for a client that cannot ask its person. */
  async answer(
    given: { run: number; request_id?: string; answer?: string; approved?: boolean; reason?: string },
    caller: Caller
  ): Promise<Outcome> {
    const run = await this.#tools.runs.own(given.run, caller.user)
    const said =
      given.approved === undefined
        ? (given.answer ?? '')
        : { approved: given.approved, ...(!given.approved && given.reason && { reason: given.reason }) }
    if (said === '') throw new TroupeError('empty_task')
    return this.#follow(await this.#tools.runs.answer(run, said, given.request_id), caller)
  }

  /** Goes on with a run. What another client has answered meanwhile stands. */
  async #goOn(state: string, caller: Caller): Promise<Outcome> {
    const entry = await this.#tools.conversations.latest(nameOf(state, caller.user))
    if (!entry) throw new TroupeError('unknown_session')
    const run = await this.#tools.runs.own(entry.run_id, caller.user)
    const { place, questions } = await this.#threads.standing({ run, ...(entry.data as KeptPlace) })
    let next: AnswerPlace | undefined
    for (const question of questions) {
      const said = inputResponse(caller.ctx.mcpReq.inputResponses, question.request_id)
      if (said.kind !== 'elicit') continue
      const given = answerIn(question, said.action, said.content)
      if (given === undefined) {
        await this.#tools.runs.stop(run, 'The person has declined to answer.')
        break
      }
      const answered = await this.#tools.runs.answer(run, given, question.request_id)
      // What the first answer has led to is part of this one.
      next = { ...answered, after: next?.after ?? answered.after }
    }
    return this.#follow(next ?? place, caller)
  }

  /** Waits for an answer, and says how far it is. A call that is cancelled stops the run, unless a person is asked. */
  async #follow(place: AnswerPlace, caller: Caller): Promise<Outcome> {
    const { runs, services } = this.#tools
    const { run, after } = place
    const { signal } = caller.ctx.mcpReq
    const reader = await runs.reader(place)
    const cancelled = () => {
      if (!reader.end && isCancelled(caller.ctx)) runs.stopLeft(run)
    }
    if (signal.aborted) cancelled()
    signal.addEventListener('abort', cancelled, { once: true })
    try {
      const events = await collect(services.runtime, run, reader, after, progressTo(caller.ctx))
      return await this.#outcome(place, events, reader.end!, caller)
    } finally {
      signal.removeEventListener('abort', cancelled)
    }
  }

  async #outcome(
    { run, after, open = [] }: AnswerPlace,
    events: readonly AnswerEvent[],
    end: AnswerEnd,
    { user, canAsk }: Caller
  ): Promise<Outcome> {
    if (end.how !== 'asked' || !canAsk) return resultOf(run.id, events, end)
    // The state is kept with the run, and the client has a name of it that cannot be guessed.
    const requestState = randomBytes(24).toString('base64url')
    await this.#tools.conversations.note(nameOf(requestState, user), run.id, {
      after,
      open
    } satisfies KeptPlace)
    const forms = end.questions.map((one) => [one.request_id, inputRequired.elicit(formOf(one))] as const)
    const asked = inputRequired({ requestState, inputRequests: Object.fromEntries(forms) })
    return { ...asked, _meta: { 'troupe/run': run.id } }
  }
}

const nameOf = (state: string, { id }: User): ConversationName => ({
  ...{ door: 'mcp', owner: id, team: null },
  name: ['state', state]
})

/** Whether a call that is over for its client was cancelled: a connection that is gone is no reason, but in 2026-07-28. */
function isCancelled({ mcpReq: { signal, envelope }, http }: ServerContext): boolean {
  const isGone = signal.reason instanceof SdkError && signal.reason.code === SdkErrorCode.ConnectionClosed
  return !isGone || (envelope !== undefined && http?.req?.signal.aborted === true)
}

/** A question as a form. */
const formOf = ({ prompt: message, call }: PendingInput): ElicitInputParams => ({
  message,
  requestedSchema: call
    ? {
        type: 'object',
        properties: {
          approved: { type: 'boolean', title: `Call ${call.name}?` },
          reason: { type: 'string', title: 'Why not?' }
        },
        required: ['approved']
      }
    : {
        type: 'object',
        properties: { answer: { type: 'string', title: 'Answer' } },
        required: ['answer']
      }
})

/** What a person has said to a question; undefined where nothing was: the run is stopped then. */
function answerIn(
  { call }: PendingInput,
  action: 'accept' | 'decline' | 'cancel',
  { approved, answer, reason }: Record<string, unknown> = {}
): string | Approval | undefined {
  if (call && action === 'accept' && approved === true) return { approved: true }
  if (call)
    return { approved: false, reason: typeof reason === 'string' ? reason : 'The person has declined.' }
  return action === 'accept' && typeof answer === 'string' ? answer : undefined
}

/** Tells a client that asked for it how many messages have come, and who says what. */
function progressTo({ mcpReq: { _meta, notify } }: ServerContext) {
  const progressToken = _meta?.progressToken
  if (progressToken === undefined) return undefined
  let progress = 0
  return (event: AnswerEvent) => {
    if (event.type !== 'message_end') return
    const message = `${event.source}: ${event.text}`
    const params = { progressToken, progress: ++progress, message }
    // A client that is gone does not hear it.
    notify({ method: 'notifications/progress', params }).catch(() => {})
  }
}
