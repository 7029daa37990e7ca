import { z } from 'zod'
import { TroupeError } from '../../../protocol/errors.ts'
import type { TeamRow } from '../../../runtime/store/store.ts'
import type { HttpRequest, HttpResponse, User } from '../../http/http.ts'
import { type Route, route } from '../../http/route.ts'
import { actorStates } from '../common/actors.ts'
import type { AnswerPlace } from '../common/door-runs.ts'
import type { DoorTools } from '../common/door-tools.ts'
import { stopsOnLeaving, streamAnswer } from '../common/follow.ts'
import { newestPlace, type Standing, type Thread, Threads } from '../common/threads.ts'
import { answerOf, approvalOf, freshIn, type Resume, RunAgentInput, taskOf, textOf } from './input.ts'
import { AgUiWriter } from './writer.ts'

const TeamPath = z.object({ team: z.string() })

/** `/ag-ui/{team}`: one answer of a team in a thread. */
export const agentRoutes = (tools: DoorTools): Route[] => {
  const agents = new Agents(tools)
  return [
    route('POST', '/ag-ui/{team}', { path: TeamPath, body: RunAgentInput }, ({ path, body, user, request }) =>
      agents.run(path.team, body, user, request)
    )
  ]
}

/** What a request has to say. */
interface Said {
  team: TeamRow
  user: User
  input: RunAgentInput
}

/** Begins, answers and follows runs of threads. A run of Troupe is several of AG-UI: a question ends one. */
class Agents {
  readonly #tools: DoorTools
  readonly #threads: Threads

  constructor(tools: DoorTools) {
    this.#tools = tools
    this.#threads = new Threads('ag-ui', tools)
  }

  async run(name: string, input: RunAgentInput, user: User, request: HttpRequest): Promise<HttpResponse> {
    const team = await this.#tools.teams.find(name, user)
    const said = { team, user, input }
    const place = await this.#threads.inTurn(input.threadId, team, user, async (thread) => {
      const found = await this.#proceed(thread, said)
      const asked = input.messages.findLast(({ role }) => role === 'user')?.id ?? null
      const kept = { places: [{ after: found.after, open: found.open ?? [] }], message: input.runId, asked }
      await this.#threads.note(thread, found.run, kept)
      return found
    })
    return this.#stream(place, said, request)
  }

  /** What a request goes on with: an answer of the thread's run, or a new run. */
  async #proceed({ latest }: Thread, said: Said): Promise<AnswerPlace> {
    const { input } = said
    if (!latest) return this.#begin(said, freshIn(input, null))
    const standing = await this.#threads.standing(newestPlace(latest.run, latest.kept))
    if (input.resume && input.resume.length > 0) return this.#resume(standing, input.resume)
    const fresh = freshIn(input, latest.kept.asked)
    if (fresh.length === 0) return standing.place
    if (!standing.end) throw new TroupeError('still_running', String(latest.run.id))
    if (standing.end.how === 'asked') return this.#threads.reply(standing, textOf(fresh))
    return this.#begin(said, fresh, latest.run)
  }

  async #begin(
    { team, user }: Said,
    messages: RunAgentInput['messages'],
    before?: AnswerPlace['run']
  ): Promise<AnswerPlace> {
    const task = taskOf(messages, this.#tools.services.runtime.clock)
    if (task.length === 0) throw new TroupeError('empty_task')
    return this.#tools.runs.begin({ team, user, task, before })
  }

  /** Answers questions. What another client has answered already stands, and the run is followed. */
  async #resume({ place, questions }: Standing, entries: readonly Resume[]): Promise<AnswerPlace> {
    const { runs } = this.#tools
    let next: AnswerPlace | undefined
    for (const entry of entries) {
      const question = questions.find(({ request_id }) => request_id === entry.interruptId)
      if (!question) continue
      if (!question.call && entry.status === 'cancelled') {
        const { seq } = await runs.standing(place.run)
        await runs.stop(place.run, 'The person has cancelled the question.')
        return { run: place.run, after: next?.after ?? seq }
      }
      const given = question.call ? approvalOf(entry) : answerOf(entry.payload)
      const answered = await runs.answer(place.run, given, question.request_id)
      // What the first answer has led to is part of this one.
      next = { ...answered, after: next?.after ?? answered.after }
    }
    return next ?? place
  }

  async #stream(place: AnswerPlace, { input }: Said, request: HttpRequest): Promise<HttpResponse> {
    const { runs, services } = this.#tools
    const { run, after } = place
    const calls = input.messages.flatMap(({ toolCalls }) => (Array.isArray(toolCalls) ? toolCalls : []))
    const writer = new AgUiWriter({
      ...{ input, run: run.id, calls: calls.map(({ id }) => String(id)) },
      actors: () => actorStates(services, run.id)
    })
    const reader = await runs.reader(place)
    const left = stopsOnLeaving(request) ? () => runs.stopLeft(run) : undefined
    return streamAnswer(services.runtime, { run, writer, reader, after, left })
  }
}
