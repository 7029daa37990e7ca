import { z } from 'zod'
import { TroupeError } from '../../../protocol/errors.ts'
import type { TeamRow } from '../../../runtime/store/store.ts'
import type { HttpRequest, HttpResponse, User } from '../../http/http.ts'
import { type Route, route, Text } from '../../http/route.ts'
import { actorStates } from '../common/actors.ts'
import type { AnswerEvent } from '../common/answer-events.ts'
import type { AnswerPlace, Approval } from '../common/door-runs.ts'
import type { DoorTools } from '../common/door-tools.ts'
import { stopsOnLeaving, streamAnswer } from '../common/follow.ts'
import { type KeptAnswer, newestPlace, type Standing, type Thread, Threads } from '../common/threads.ts'
import { approvalsIn, taskOf, textOf, UiMessage } from './messages.ts'
import { UiMessageWriter } from './writer.ts'

/** What is read of a chat's request. Source: `HttpChatTransport` of ai 7. */
const Body = z.looseObject({
  id: Text,
  messages: z.array(UiMessage).min(1),
  trigger: z.enum(['submit-message', 'regenerate-message']).default('submit-message'),
  messageId: z.string().nullish()
})
type Body = z.infer<typeof Body>

const TeamPath = z.object({ team: z.string() })
const ChatPath = z.object({ team: z.string(), chat: Text })

/** `/ai-sdk/{team}`: chats with a team. */
export const chatRoutes = (tools: DoorTools): Route[] => {
  const chats = new Chats(tools)
  return [
    route('POST', '/ai-sdk/{team}', { path: TeamPath, body: Body }, ({ path, body, user, request }) =>
      chats.submit(path.team, body, user, request)
    ),
    route('GET', '/ai-sdk/{team}/{chat}/stream', { path: ChatPath }, ({ path, user, request }) =>
      chats.resume(path.team, path.chat, user, request)
    )
  ]
}

/** An answer of a run, and the message that the client shows it as. */
interface Shown {
  place: AnswerPlace
  kept: KeptAnswer
}

/** What a request has to say. */
interface Said {
  team: TeamRow
  user: User
  body: Body
}

/** Begins and answers runs for chats, and reads them again. */
class Chats {
  readonly #tools: DoorTools
  readonly #threads: Threads

  constructor(tools: DoorTools) {
    this.#tools = tools
    this.#threads = new Threads('ai-sdk', tools)
  }

  /** Answers what a chat's person has said or decided. */
  async submit(name: string, body: Body, user: User, request: HttpRequest): Promise<HttpResponse> {
    const team = await this.#tools.teams.find(name, user)
    const said = { team, user, body }
    const shown = await this.#threads.inTurn(body.id, team, user, async (thread) => {
      const found = await this.#proceed(thread, said)
      await this.#threads.note(thread, found.place.run, found.kept)
      return found
    })
    // A client that has decided about a call still shows what came before it.
    const continues = body.messages.at(-1)!.role === 'assistant' && shown.kept.places.length > 1
    return this.#stream(shown, request, continues ? [] : await this.#earlier(shown))
  }

  /** The message that is being written, once more from its beginning; 204 where none is. */
  async resume(name: string, chat: string, user: User, request: HttpRequest): Promise<HttpResponse> {
    const team = await this.#tools.teams.find(name, user)
    const thread = await this.#threads.find(chat, team, user)
    if (!thread.latest) return { status: 204 }
    const { run, kept } = thread.latest
    const standing = await this.#threads.standing(newestPlace(run, kept))
    if (standing.end) return { status: 204 }
    const shown = this.#since(thread.latest, standing)
    return this.#stream(shown, request, await this.#earlier(shown))
  }

  /** What a request goes on with: a run of the chat, or a new one. */
  async #proceed({ latest }: Thread, said: Said): Promise<Shown> {
    const { messages, trigger } = said.body
    const last = messages.at(-1)!
    if (!latest) return this.#begin(said, messages)
    const { run, kept } = latest
    const standing = await this.#threads.standing(newestPlace(run, kept))
    const approvals = approvalsIn(last)
    if (approvals.size > 0) return this.#decide(latest, standing, approvals, last)
    if (trigger === 'regenerate-message') return this.#anew(latest, standing, said)
    if (last.role === 'assistant' || (last.id !== undefined && last.id === kept.asked))
      return this.#since(latest, standing)
    if (!standing.end) throw new TroupeError('still_running', String(run.id))
    if (standing.end.how !== 'asked') return this.#begin(said, [last], run)
    return shownAt(await this.#threads.reply(standing, textOf(last)), last.id)
  }

  async #begin(
    { team, user }: Said,
    messages: readonly UiMessage[],
    before?: AnswerPlace['run']
  ): Promise<Shown> {
    const task = taskOf(messages, this.#tools.services.runtime.clock)
    if (task.length === 0) throw new TroupeError('empty_task')
    return shownAt(await this.#tools.runs.begin({ team, user, task, before }), messages.at(-1)?.id)
  }

  /** Answers whether tools may be called. What another client has decided already stands. */
  async #decide(
    latest: NonNullable<Thread['latest']>,
    standing: Standing,
    approvals: ReadonlyMap<string, Approval>,
    { id }: UiMessage
  ): Promise<Shown> {
    const open = standing.questions.filter(({ request_id }) => approvals.has(request_id))
    const { run, kept } = latest
    let place: AnswerPlace | undefined
    for (const { request_id } of open) {
      const next = await this.#tools.runs.answer(run, approvals.get(request_id)!, request_id)
      // What the first answer has led to is part of this one.
      place = { ...next, after: place?.after ?? next.after }
    }
    if (!place && standing.end?.how === 'asked') throw new TroupeError('input_already_answered')
    const { after, open: left = [] } = place ?? standing.place
    const places = kept.places.some((one) => one.after === after)
      ? kept.places
      : [...kept.places, { after, open: left }]
    return {
      place: { run, after, open: left },
      kept: { ...kept, places, message: id ?? kept.message }
    }
  }

  /** The last message once more, from a run of its own. */
  async #anew(latest: NonNullable<Thread['latest']>, { end }: Standing, said: Said): Promise<Shown> {
    if (!end) throw new TroupeError('still_running', String(latest.run.id))
    const { messages } = said.body
    const asked = messages.findLastIndex(({ role }) => role === 'user')
    if (end.how === 'asked') await this.#tools.runs.stop(latest.run, 'The message is asked for anew')
    return this.#begin(said, messages.slice(0, asked + 1))
  }

  /** The newest answer of a run: part of the message that is kept, or another one where another client has answered. */
  #since({ kept, run }: NonNullable<Thread['latest']>, { place }: Standing): Shown {
    if (place.after === newestPlace(run, kept).after) return { place, kept }
    return shownAt(place, kept.asked ?? undefined)
  }

  /** The answers before the newest one in the same message. */
  #earlier({ place: { run, after }, kept }: Shown): Promise<AnswerEvent[][]> {
    const before = kept.places.filter((one) => one.after < after)
    return Promise.all(before.map(async (one) => (await this.#tools.runs.readSoFar({ run, ...one })).events))
  }

  async #stream(
    { place, kept }: Shown,
    request: HttpRequest,
    earlier: readonly (readonly AnswerEvent[])[]
  ): Promise<HttpResponse> {
    const { runs, services } = this.#tools
    const { run, after } = place
    const writer = new UiMessageWriter({
      ...{ message: kept.message, run: run.id, earlier },
      isContinued: kept.places.length > 1,
      calls: await this.#callsBefore(place),
      actors: () => actorStates(services, run.id)
    })
    const reader = await runs.reader(place)
    const left = stopsOnLeaving(request) ? () => runs.stopLeft(run) : undefined
    const answer = streamAnswer(services.runtime, { run, writer, reader, after, left })
    return { ...answer, headers: { ...answer.headers, 'x-vercel-ai-ui-message-stream': 'v1' } }
  }

  /** The calls that were to be approved before an answer. */
  async #callsBefore({ run, after }: AnswerPlace) {
    if (after === 0) return []
    const asks = await this.#tools.services.store.runs.frames(run.id, { type: 'input_request' })
    return asks.filter(({ seq }) => seq <= after).flatMap(({ text }) => JSON.parse(text).call ?? [])
  }
}

const shownAt = (place: AnswerPlace, asked: string | undefined): Shown => ({
  place,
  kept: {
    places: [{ after: place.after, open: place.open ?? [] }],
    message: `msg-${place.run.id}-${place.after}`,
    asked: asked ?? null
  }
})
