import { createHash } from 'node:crypto'
import type {
  ChatMessage,
  FunctionCall,
  ModelMessage,
  MultiModalMessage,
  TextMessage,
  Usage
} from '../../../machines/messages/index.ts'
import { tokenCountOf, windowOf } from '../../contexts/count-tokens.ts'
import { type Effect, type EffectCall, type Turn, wait } from '../../contract/agent.ts'
import { askModel } from '../../models/ask-model.ts'
import type { Model, ModelResult } from '../../models/model.ts'
import { reasonOf } from '../../tools/run-tool.ts'
import { heardByModel } from '../heard.ts'
import { modelEffect } from '../model-effect.ts'
import { withoutImages } from '../vision.ts'
import { act, argumentsIn, readings } from './actions.ts'
import { lookAt, reader, readPage } from './prompts.ts'
import type { SurferPage, Target } from './surfer-page.ts'
import { always, scrollDown, scrollElement, scrollUp } from './tools.ts'

type Script<Result> = Generator<Effect, Result, unknown>

/** What a turn of a web surfer works with. */
export interface SurferParts {
  name: string
  model: Model
  /** What was said before. */
  history: readonly ModelMessage[]
  /** The page of the run, opened where that was not done. */
  page(signal: AbortSignal): Promise<SurferPage>
  /** What was last said of the page's metadata, so that it is not said twice. */
  metadata: { hash: string }
  /** Told of each picture that was taken. */
  keep(picture: string): Promise<void>
}

/** What a model wants done, with what it saw. */
type Wish = { result: ModelResult; targets: Target[] } | { problem: string }
/** What came of it. */
type Outcome = { text: string; picture: string; url: string } | { problem: string }
type Reading = { title: string; text: string; picture: string } | { problem: string }

/** The families whose models are told what was said before; smaller ones are told what is wanted only. */
const wellRead = /^(gpt-|o\d|claude-|gemini-)/
/** What a screenshot costs, in tokens; so many are left free for it. */
const PICTURE = 1105
/** Tokens, for models of which nothing is known. */
const USUAL_WINDOW = 128_000

/** One turn of a web surfer: it looks at the page, has its model choose one action, does it, and shows what came of it. */
export class SurferTurn {
  /** What goes into the agent's history when the turn has come to its end. */
  readonly news: ModelMessage[]
  /** Where the browser is after the turn; undefined where it has not moved. */
  url: string | undefined
  readonly #parts: SurferParts
  readonly #turn: Turn
  #usage: Usage = { prompt_tokens: 0, completion_tokens: 0 }

  constructor(parts: SurferParts, heard: readonly ChatMessage[], turn: Turn) {
    this.#parts = parts
    this.#turn = turn
    this.news = heard.flatMap(heardByModel)
  }

  *play(): Script<ChatMessage> {
    const wish = yield* this.#wish()
    if ('problem' in wish) return this.#fail(wish.problem)
    const { content } = wish.result
    this.#count(wish.result.usage)
    if (typeof content === 'string') {
      this.#note(content)
      return this.#say(content)
    }
    const [call] = content
    if (!call) return this.#say('')
    return yield* this.#answer(call, wish.targets)
  }

  *#answer(call: FunctionCall, targets: Target[]): Script<ChatMessage> {
    let args: Record<string, unknown>
    try {
      args = argumentsIn(call)
    } catch (error) {
      return this.#fail(reasonOf(error))
    }
    this.#note(`${call.name}( ${JSON.stringify(args)} )`)
    const question = Object.hasOwn(readings, call.name) ? readings[call.name]!(args) : undefined
    if (question !== undefined) return yield* this.#read(question)
    const outcome = yield* this.#act(call.name, args, targets)
    if ('problem' in outcome) return this.#fail(outcome.problem)
    const { text, picture, url } = outcome
    this.url = url
    this.news.push({ type: 'AssistantMessage', content: text, thought: null, source: this.#parts.name })
    const content = [text, { data: picture }]
    return this.#turn.reply<MultiModalMessage>({ ...this.#frame(), type: 'MultiModalMessage', content })
  }

  /** Looks at the page and asks the model: one effect, since what is seen is of no use without the answer. */
  #wish(): Script<Wish> {
    const { model } = this.#parts
    return wait<Wish>({
      step: 'askModel',
      perform: (call) => this.#look(call),
      replayed: () => model.replayed?.()
    })
  }

  async #look(call: EffectCall): Promise<Wish> {
    const { model, name, page: pageOf, history, keep } = this.#parts
    let page: SurferPage
    let sight: Awaited<ReturnType<SurferPage['look']>>
    let picture: string | null
    try {
      page = await pageOf(call.signal)
      sight = await page.look()
      picture = model.info.vision ? await page.picture(sight.targets) : null
      if (picture) await keep(picture)
    } catch (error) {
      return problem(error, call.signal)
    }
    const { more, targets } = sight
    const tools = [
      ...always,
      ...(more.up ? [scrollUp] : []),
      ...(more.down ? [scrollDown] : []),
      ...(targets.some(({ scrolls }) => scrolls) ? scrollElement : [])
    ]
    const prompt = lookAt(
      sight,
      tools.map((tool) => tool.name),
      picture !== null
    )
    const shown: ModelMessage = {
      type: 'UserMessage',
      source: name,
      content: picture === null ? prompt : [prompt, { data: picture }]
    }
    const said = withoutImages([...history, ...this.news])
    const request = said.at(-1) ?? { type: 'UserMessage' as const, source: 'user', content: 'Empty request.' }
    const before = wellRead.test(model.info.family) ? said.slice(0, -1) : []
    const asked = { messages: [...before, shown, request], tools, stream: false }
    const result = await askModel(model, asked, call)
    return { result, targets: targets.filter((target) => isNamed(target, result)) }
  }

  #act(name: string, args: Record<string, unknown>, targets: Target[]): Script<Outcome> {
    return wait<Outcome>({
      step: 'runTools',
      perform: async ({ signal }) => {
        try {
          const page = await this.#parts.page(signal)
          const told = await act(page, { name, args, targets }, signal)
          await page.settle(signal)
          return await this.#show(page, told)
        } catch (error) {
          return problem(error, signal)
        }
      }
    })
  }

  async #show(page: SurferPage, told: string): Promise<Outcome> {
    const { metadata, keep } = this.#parts
    const { description } = await page.look()
    const data = JSON.stringify(await page.metadata(), null, 4)
    const hash = createHash('sha256')
      .update(page.url + data)
      .digest('hex')
    const extracted =
      hash === metadata.hash ? '' : `\n\nThe following metadata was extracted from the webpage:\n\n${data}\n`
    metadata.hash = hash
    const picture = await page.picture()
    await keep(picture)
    const text = `${told}\n\nThe ${description}${extracted}\nHere is a screenshot of the page.`
    return { text: text.replace(/\n{3,}/g, '\n\n'), picture, url: page.url }
  }

  *#read(question: string | null): Script<ChatMessage> {
    const reading = yield* wait<Reading>({ step: 'runTools', perform: ({ signal }) => this.#open(signal) })
    if ('problem' in reading) return this.#fail(reading.problem)
    const { model, name } = this.#parts
    const text = this.#fitting(reading.text)
    if (text.trim() === '') return this.#say('Nothing to summarize.')
    const content = [readPage(reading.title, question, text), { data: reading.picture }]
    const messages: ModelMessage[] = [{ type: 'UserMessage', source: name, content }]
    const frame = { turn: this.#turn, id: this.#turn.id(), systemMessage: reader, streams: false }
    const result = yield* wait(modelEffect({ step: 'reflect', model, messages, ...frame }))
    this.#count(result.usage)
    return this.#say(typeof result.content === 'string' ? result.content : JSON.stringify(result.content))
  }

  async #open(signal: AbortSignal): Promise<Reading> {
    try {
      const page = await this.#parts.page(signal)
      return { ...(await page.text(signal)), picture: await page.picture() }
    } catch (error) {
      return problem(error, signal)
    }
  }

  /** As much of a page as the model can be given. */
  #fitting(text: string): string {
    const { model } = this.#parts
    const window = windowOf(model)
    const most = (Number.isFinite(window) ? window : USUAL_WINDOW) - PICTURE - 500
    const count = tokenCountOf(model)
    const cost = count({ type: 'UserMessage', source: '', content: text })
    return cost <= most ? text : text.slice(0, Math.floor((text.length * Math.max(most, 0)) / cost))
  }

  /** What AutoGen counts among the messages of the turn, though only its end is published. */
  #note(content: string): void {
    this.#turn.include([
      this.#turn.reply<TextMessage>({ type: 'TextMessage', source: this.#parts.name, content })
    ])
  }

  #fail(reason: string): ChatMessage {
    return this.#say(`Web surfing error:\n\n${reason}`)
  }

  #say(content: string): ChatMessage {
    this.news.push({ type: 'AssistantMessage', content, thought: null, source: this.#parts.name })
    return this.#turn.reply<TextMessage>({ ...this.#frame(), type: 'TextMessage', content })
  }

  #frame() {
    return { source: this.#parts.name, models_usage: this.#usage }
  }

  #count({ prompt_tokens, completion_tokens }: Usage): void {
    this.#usage = {
      prompt_tokens: this.#usage.prompt_tokens + prompt_tokens,
      completion_tokens: this.#usage.completion_tokens + completion_tokens
    }
  }
}

function problem(error: unknown, signal: AbortSignal): { problem: string } {
  signal.throwIfAborted()
  return { problem: reasonOf(error) }
}

/** Only what a call names is kept: a page may have thousands of targets. */
const isNamed = ({ id }: Target, { content }: ModelResult): boolean =>
  typeof content !== 'string' && content.some(({ arguments: args }) => args.includes(id))
