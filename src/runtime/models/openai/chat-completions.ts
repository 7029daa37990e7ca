import type { ModelRequest } from '../model.ts'
import type { Answer, Attempt, Connection } from '../service/service.ts'
import { type Place, refused } from '../wire/failures.ts'
import { PostAddress } from '../wire/post.ts'
import { ChatReader } from './answer-reader.ts'
import { RefusalLearner } from './known-refusals.ts'
import { chatBody, type MessageStyle } from './request.ts'

/** A place that speaks OpenAI's chat completions, and what every request to it holds. */
export interface ChatEndpoint {
  place: Place
  /** The whole address of the completions. */
  url: URL
  /** Names and values in turn. */
  headers: readonly string[]
  account: string
  /** The model's name, as it is sent. */
  model: string
  /** What the config says, under the names of the protocol. */
  settings: Readonly<Record<string, unknown>>
  style: MessageStyle
}

/** A connection to a server that speaks OpenAI's chat completions. */
export class ChatConnection implements Connection {
  readonly place: Place
  readonly account: string
  readonly #endpoint: ChatEndpoint
  readonly #address: PostAddress

  constructor(endpoint: ChatEndpoint) {
    this.place = endpoint.place
    this.account = endpoint.account
    this.#endpoint = endpoint
    this.#address = new PostAddress(endpoint)
  }

  async ask(request: ModelRequest, attempt: Attempt): Promise<Answer> {
    const { model, settings, style, account, place } = this.#endpoint
    const meant = chatBody(model, request, settings, style)
    const offered = new Set(request.tools?.map(({ name }) => name))
    const learner = new RefusalLearner(account)
    // A server that cannot stream answers at once: what it says is handed on as one piece.
    const { alive, onText, onReasoning } = attempt
    const listener = request.stream ? { place, alive, onText, onReasoning } : { place, alive }
    const reader = () => new ChatReader(listener, offered)
    for (;;) {
      const body = learner.apply(meant)
      const outcome = await this.#address.post(body, acceptOf(body.stream), attempt, reader)
      if ('answer' in outcome) {
        learner.succeeded()
        return Object.assign(outcome.answer, { sent: body })
      }
      const { status, body: said } = outcome.refusal
      if (!learner.learn(status, said, body)) throw refused(outcome.refusal, place)
    }
  }
}

const acceptOf = (streams: boolean | undefined) => (streams ? 'text/event-stream' : 'application/json')
