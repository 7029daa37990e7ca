import { z } from 'zod'
import { TroupeError } from '../../../protocol/errors.ts'
import type { RunRow } from '../../../runtime/store/store.ts'
import type { HttpRequest, HttpResponse, User } from '../../http/http.ts'
import { type Route, route } from '../../http/route.ts'
import type { AnswerEnd, AnswerEvent } from '../common/answer-events.ts'
import type { ConversationName } from '../common/conversations.ts'
import type { AnswerPlace } from '../common/door-runs.ts'
import type { DoorTools } from '../common/door-tools.ts'
import { collect, runHeader, stopsOnLeaving, streamAnswer } from '../common/follow.ts'
import { JoinedText } from '../common/joined-text.ts'
import { speakersOf } from '../common/speakers.ts'
import { ownerOfRun } from '../common/team-directory.ts'
import { secondsOf } from './chat.ts'
import { type Asked, OpenAiConversations } from './conversation.ts'
import { InputMessage, inputOf } from './input.ts'
import { Marks, marksOf } from './marks.ts'
import { type KeptResponse, placeIn, responseId, responseObject } from './response-object.ts'
import { ResponseWriter } from './response-writer.ts'

/** Items that are no messages, such as results of tools, are left out. */
const Item = z.union([InputMessage, z.looseObject({ type: z.string() })])

/** What is read of a response's request. Other fields are those of a model, and a team has models of its own. */
const Body = z.looseObject({
  model: z.string(),
  input: z.union([z.string(), z.array(Item)]).default([]),
  instructions: z.string().nullish(),
  previous_response_id: z.string().nullish(),
  conversation: z.union([z.string(), z.looseObject({ id: z.string() })]).nullish(),
  stream: z.boolean().nullish(),
  background: z.boolean().nullish(),
  metadata: z.record(z.string(), z.string()).nullish(),
  ...Marks
})
type Body = z.infer<typeof Body>

const ResponsePath = z.object({ response: z.string() })
const ReadQuery = z.object({
  stream: z.enum(['true', 'false']).optional(),
  starting_after: z.coerce.number().int().min(0).optional()
})

/** `/v1/responses`: answers of teams, which can be read again and gone on from. */
export const responseRoutes = (tools: DoorTools): Route[] => {
  const responses = new Responses(tools)
  return [
    route('POST', '/v1/responses', { body: Body }, ({ body, user, request }) =>
      responses.create(body, user, request)
    ),
    route(
      'GET',
      '/v1/responses/{response}',
      { path: ResponsePath, query: ReadQuery },
      async ({ path, query, user, request }) => {
        const found = await responses.find(path.response, user)
        return query.stream === 'true'
          ? responses.stream(found, request, query.starting_after ?? -1)
          : responses.soFar(found)
      }
    ),
    route('POST', '/v1/responses/{response}/cancel', { path: ResponsePath }, async ({ path, user }) => {
      const found = await responses.find(path.response, user)
      await tools.runs.stop(found.place.run, 'Cancelled by the client')
      return responses.soFar(found)
    })
  ]
}

/** A response: where it begins, what is kept of it, and what was asked where it has just been. */
interface Found {
  place: AnswerPlace
  kept: KeptResponse
  asked?: Asked
}

/** Makes responses and reads them. */
class Responses {
  readonly #tools: DoorTools
  readonly #conversations: OpenAiConversations

  constructor(tools: DoorTools) {
    this.#tools = tools
    this.#conversations = new OpenAiConversations(tools)
  }

  async create(body: Body, user: User, request: HttpRequest): Promise<HttpResponse> {
    const team = await this.#tools.teams.find(body.model, user)
    const messages = messagesIn(body)
    const asked: Asked = { user, team, input: inputOf(messages), marks: marksOf(body) }
    const conversation =
      typeof body.conversation === 'string' ? body.conversation : (body.conversation?.id ?? null)
    const named: ConversationName | null =
      conversation === null
        ? null
        : {
            door: 'openai',
            owner: ownerOfRun(user, team),
            team: team.id,
            name: ['conversation', conversation]
          }
    const place = await this.#conversations.proceed(asked, await this.#before(body, named, user))
    const kept: KeptResponse = {
      ...{ model: body.model, conversation, speakers: speakersOf(request, team.component) },
      ...{ previous: body.previous_response_id ?? null, instructions: body.instructions ?? null },
      ...{ background: body.background === true, metadata: body.metadata ?? {} }
    }
    await this.#keep(place, kept, named)
    const found = { place, kept, asked }
    if (body.stream) return this.stream(found, request, -1)
    return kept.background ? this.soFar(found) : this.#whole(found, request)
  }

  /** A response that a user may read; throws `unknown_run`, `not_yours`. */
  async find(id: string, user: User): Promise<Found> {
    const at = placeIn(id)
    if (!at) throw new TroupeError('unknown_run', id)
    const run = await this.#tools.runs.own(at.run, user)
    const kept = await this.#tools.conversations.latest(nameOf(run, id))
    if (!kept) throw new TroupeError('unknown_run', id)
    return { place: { run, after: at.after }, kept: kept.data as KeptResponse }
  }

  /** The response as far as the log has it. */
  async soFar({ place, kept }: Found): Promise<HttpResponse> {
    const { events, end } = await this.#tools.runs.readSoFar(place)
    return this.#object({ place, kept }, events, end)
  }

  /** The response as it comes, or comes again: without the events up to a number. */
  async stream(found: Found, request: HttpRequest, startingAfter: number): Promise<HttpResponse> {
    const { place, kept } = found
    const { run, after } = place
    const reader = await this.#tools.runs.reader(place)
    const head = { id: responseId(run.id, after), created: secondsOf(run.created_at), kept }
    const writer = new ResponseWriter(head, startingAfter, (text) => this.#noted(found, text))
    const left = found.asked && stopsOnLeaving(request) ? () => this.#tools.runs.stopLeft(run) : undefined
    return streamAnswer(this.#tools.services.runtime, { run, writer, reader, after, left })
  }

  async #whole(found: Found, request: HttpRequest): Promise<HttpResponse> {
    const { run, after } = found.place
    if (stopsOnLeaving(request)) request.onLeft(() => this.#tools.runs.stopLeft(run))
    const reader = await this.#tools.runs.reader(found.place)
    const events = await collect(this.#tools.services.runtime, run, reader, after)
    const answer = this.#object(found, events, reader.end)
    if (reader.end?.how !== 'error') await this.#noted(found, joinedText(found.kept, events))
    return answer
  }

  #object({ place, kept }: Found, events: readonly AnswerEvent[], end: AnswerEnd | null): HttpResponse {
    const { run, after } = place
    const head = { id: responseId(run.id, after), created: secondsOf(run.created_at) }
    const body = responseObject({ ...head, kept, end, text: joinedText(kept, events) })
    return { status: 200, headers: runHeader(run.id), body }
  }

  /** Notes the answer for clients that send the whole history instead of an id. */
  async #noted({ asked, place }: Found, text: string): Promise<void> {
    if (asked) await this.#conversations.note(asked, place, text)
  }

  async #keep(place: AnswerPlace, kept: KeptResponse, named: ConversationName | null): Promise<void> {
    const { run, after } = place
    await this.#tools.conversations.note(nameOf(run, responseId(run.id, after)), run.id, kept)
    if (named) await this.#tools.conversations.note(named, run.id, { after })
  }

  /** The answer that a request names, by its id or by its conversation. */
  async #before(body: Body, named: ConversationName | null, user: User): Promise<AnswerPlace | undefined> {
    if (body.previous_response_id) return (await this.find(body.previous_response_id, user)).place
    const last = named && (await this.#tools.conversations.latest(named))
    if (!last) return undefined
    return {
      run: await this.#tools.runs.own(last.run_id, user),
      after: (last.data as { after: number }).after
    }
  }
}

function joinedText({ speakers }: KeptResponse, events: readonly AnswerEvent[]): string {
  const joined = new JoinedText(speakers)
  for (const event of events) {
    if (event.type === 'end') joined.finish(event)
    else joined.add(event)
  }
  return joined.text
}

const nameOf = ({ user_id }: RunRow, id: string): ConversationName => ({
  door: 'openai',
  owner: user_id,
  team: null,
  name: ['response', id]
})

/** What a request says, as messages. */
function messagesIn({ input, instructions }: Body): InputMessage[] {
  const items = typeof input === 'string' ? [{ role: 'user' as const, content: input }] : input
  const messages = items.flatMap((item) => InputMessage.safeParse(item).data ?? [])
  return instructions ? [{ role: 'system', content: instructions }, ...messages] : messages
}
