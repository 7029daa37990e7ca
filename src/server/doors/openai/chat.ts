import { z } from 'zod'
import type { HttpRequest, HttpResponse } from '../../http/http.ts'
import { type Route, route } from '../../http/route.ts'
import type { AnswerEnd, AnswerEvent } from '../common/answer-events.ts'
import type { AnswerPlace } from '../common/door-runs.ts'
import type { DoorTools } from '../common/door-tools.ts'
import { type AnswerWriter, collect, runHeader, stopsOnLeaving, streamAnswer } from '../common/follow.ts'
import { JoinedText } from '../common/joined-text.ts'
import { type Speakers, speakersOf } from '../common/speakers.ts'
import { type Asked, OpenAiConversations } from './conversation.ts'
import { chatUsage, finishReason } from './finish.ts'
import { InputMessage, inputOf } from './input.ts'
import { Marks, marksOf } from './marks.ts'
import { type OpenAiError, openAiError } from './refusal.ts'

/** What is read of a chat completion's request. Other fields are those of a model, and a team has models of its own. */
const Body = z.looseObject({
  model: z.string(),
  messages: z.array(InputMessage).min(1),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
  n: z.literal(1, 'A team gives one answer: n is 1').nullish(),
  response_format: z
    .looseObject({ type: z.literal('text', 'A team answers in text: response_format is {type: "text"}') })
    .nullish(),
  ...Marks
})

/** `POST /v1/chat/completions`: an answer of a team, at once or as it comes. */
export const chatRoutes = (tools: DoorTools): Route[] => {
  const conversations = new OpenAiConversations(tools)
  return [
    route('POST', '/v1/chat/completions', { body: Body }, async ({ body, user, request }) => {
      const team = await tools.teams.find(body.model, user)
      const asked: Asked = { user, team, input: inputOf(body.messages), marks: marksOf(body) }
      const place = await conversations.proceed(asked)
      const chat = new Chat(
        tools,
        conversations,
        asked,
        place,
        body.model,
        speakersOf(request, team.component)
      )
      return body.stream
        ? chat.stream(request, body.stream_options?.include_usage === true)
        : chat.whole(request)
    })
  ]
}

/** One answer of a chat. */
class Chat {
  readonly #tools: DoorTools
  readonly #conversations: OpenAiConversations
  readonly #asked: Asked
  readonly #place: AnswerPlace
  readonly #speakers: Speakers
  readonly #head: { id: string; created: number; model: string }

  constructor(
    tools: DoorTools,
    conversations: OpenAiConversations,
    asked: Asked,
    place: AnswerPlace,
    model: string,
    speakers: Speakers
  ) {
    this.#tools = tools
    this.#conversations = conversations
    this.#asked = asked
    this.#place = place
    this.#speakers = speakers
    const { run, after } = place
    this.#head = { id: `chatcmpl-${run.id}-${after}`, created: secondsOf(run.created_at), model }
  }

  async whole(request: HttpRequest): Promise<HttpResponse> {
    const { run, after } = this.#place
    if (stopsOnLeaving(request)) request.onLeft(() => this.#tools.runs.stopLeft(run))
    const reader = await this.#tools.runs.reader(this.#place)
    const joined = new JoinedText(this.#speakers)
    for (const event of await collect(this.#tools.services.runtime, run, reader, after)) {
      if (event.type === 'end') joined.finish(event)
      else joined.add(event)
    }
    const end = reader.end!
    if (end.how === 'error') return failed(end, run.id)
    await this.noted(joined.text)
    const message = { role: 'assistant', content: joined.text, refusal: null, annotations: [] }
    return {
      status: 200,
      headers: runHeader(run.id),
      body: {
        ...this.#head,
        object: 'chat.completion',
        choices: [{ index: 0, message, logprobs: null, finish_reason: finishReason(end) }],
        usage: chatUsage(end.usage)
      }
    }
  }

  async stream(request: HttpRequest, usage: boolean): Promise<HttpResponse> {
    const { run, after } = this.#place
    const reader = await this.#tools.runs.reader(this.#place)
    const left = stopsOnLeaving(request) ? () => this.#tools.runs.stopLeft(run) : undefined
    const writer = new ChunkWriter(this.#head, this.#speakers, usage, (text) => this.noted(text))
    return streamAnswer(this.#tools.services.runtime, { run, writer, reader, after, left })
  }

  /** Notes the answer, so that the next request finds it. */
  async noted(text: string): Promise<void> {
    await this.#conversations.note(this.#asked, this.#place, text)
  }
}

/** Writes an answer as chunks of a chat completion. */
class ChunkWriter implements AnswerWriter {
  readonly #joined: JoinedText
  readonly #usage: boolean
  readonly #noted: (text: string) => Promise<void>
  readonly #start: string

  constructor(head: object, speakers: Speakers, usage: boolean, noted: (text: string) => Promise<void>) {
    this.#joined = new JoinedText(speakers)
    this.#usage = usage
    this.#noted = noted
    this.#start = `data: ${JSON.stringify({ ...head, object: 'chat.completion.chunk' }).slice(0, -1)},`
  }

  begin(): string {
    return this.#choice({ role: 'assistant', content: '' })
  }

  write(event: Exclude<AnswerEvent, AnswerEnd>): string {
    return this.#delta(this.#joined.add(event))
  }

  async end(end: AnswerEnd): Promise<string> {
    const rest = this.#delta(this.#joined.finish(end))
    if (end.how === 'error') return rest + errorEvent(openAiError(500, end.error, end.code)) + DONE
    await this.#noted(this.#joined.text)
    const usage = this.#usage
      ? `${this.#start}"choices":[],"usage":${JSON.stringify(chatUsage(end.usage))}}\n\n`
      : ''
    return rest + this.#choice({}, finishReason(end)) + usage + DONE
  }

  failed(): string {
    return errorEvent(openAiError(500, 'Internal server error', 'internal')) + DONE
  }

  // The hot path: all but the text is written once.
  #delta(text: string): string {
    if (text === '') return ''
    return `${this.#start}"choices":[{"index":0,"delta":{"content":${JSON.stringify(text)}},"finish_reason":null}]}\n\n`
  }

  #choice(delta: object, finish_reason: string | null = null): string {
    return `${this.#start}"choices":${JSON.stringify([{ index: 0, delta, finish_reason }])}}\n\n`
  }
}

const DONE = 'data: [DONE]\n\n'

const errorEvent = (error: OpenAiError): string => `data: ${JSON.stringify({ error })}\n\n`

/** A run that has failed. It is not begun again by a client that repeats what fails. */
const failed = (end: Extract<AnswerEnd, { how: 'error' }>, run: number): HttpResponse => ({
  status: 500,
  headers: { 'x-should-retry': 'false', ...runHeader(run) },
  body: { error: openAiError(500, end.error, end.code) }
})

/** A time in seconds since 1970. */
export const secondsOf = (time: string): number => Math.floor(Date.parse(time) / 1000)
