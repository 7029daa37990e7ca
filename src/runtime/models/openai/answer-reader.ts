import { createParser, type EventSourceMessage, type EventSourceParser } from 'eventsource-parser'
import type { Progress } from '../../network/http-exchange.ts'
import { limits } from '../../shared/limits.ts'
import type { Answer } from '../service/service.ts'
import { BodyReader, parsed, type ReaderOptions } from '../wire/body-reader.ts'
import { errorIn } from '../wire/error-in-answer.ts'
import { toldError, unreadable } from '../wire/failures.ts'
import { ChatAnswer } from './chat-answer.ts'

/** So much of what cannot be understood is kept to be told. */
const SAMPLE = 5000
/** What servers send to keep a connection open. */
const isFiller = (data: string): boolean =>
  data.length < 20 && /^:?\s?(ping|pong|keep-?alive|heartbeat)?$/i.test(data.trim())
const isDone = (data: string): boolean => data.length < 20 && /^\[?done\]?$/i.test(data.trim())

/**
 * Reads the body of an answer of OpenAI's chat completions. Whether it is a stream or a document is seen by how it
 * begins: there are servers that cannot stream, such that always do, and such that call one by the name of the other.
 */
export class ChatReader extends BodyReader {
  readonly #answer: ChatAnswer
  /** What the body is: not known before its first letter. */
  #kind: 'document' | 'events' | undefined
  #parser: EventSourceParser | undefined
  /** The beginning of a stream, as long as nothing of it was understood. */
  #sample = ''
  #done = false
  #idle = true

  /** @param offered the names of the tools that were offered */
  constructor(options: ReaderOptions, offered: ReadonlySet<string>) {
    super(options)
    this.#answer = new ChatAnswer(options, offered)
  }

  protected override read(bytes: Buffer): Progress {
    this.#kind ??= kindOf(bytes)
    if (this.#kind !== 'events') return this.keep(bytes)
    return this.#feed(this.decode(bytes))
  }

  protected override complete(): Answer {
    if (this.#kind !== 'events') return this.#whole(this.document())
    // What stands without an empty line at the end is an event too.
    this.#parser?.feed(`${this.decodeEnd()}\n\n`)
    if (!this.#done && !this.#answer.hasBegun) throw unreadable(this.#sample, this.options.place, this.status)
    return this.#answer.end(this.#done)
  }

  #feed(text: string): Progress {
    this.#parser ??= createParser({
      onEvent: (event) => this.#event(event),
      maxBufferSize: limits.modelBody
    })
    if (!this.#answer.hasBegun && this.#sample.length < SAMPLE) this.#sample += text
    this.#idle = true
    this.#parser.feed(text)
    this.options.alive(this.#idle)
    if (this.#done) return 'complete'
    return this.#answer.hasEnd ? 'nearly' : 'more'
  }

  #event({ event, data }: Pick<EventSourceMessage, 'event' | 'data'>): void {
    if (this.#done || isFiller(data)) return
    this.#idle = false
    if (isDone(data)) {
      this.#done = true
      return
    }
    const body = parsed(data)
    if (event === 'error' && !errorIn(body)) throw toldError(sayingOf(body, data), this.options.place)
    if (body !== undefined) this.#answer.add(body)
    // Without an empty line between them, several events come as one.
    else if (data.includes('\n')) for (const line of data.split('\n')) this.#event({ event, data: line })
    else throw unreadable(data, this.options.place)
  }

  #whole(text: string): Answer {
    const body = parsed(text)
    const bodies = body === undefined ? lines(text) : [body]
    for (const one of bodies) this.#answer.add(one)
    if (!this.#answer.hasBegun) throw unreadable(text, this.options.place, this.status)
    return { ...this.#answer.end(true), came: body }
  }
}

/** What a body is that begins so; undefined as long as there is white space only. */
function kindOf(bytes: Buffer): 'document' | 'events' | undefined {
  const start = bytes
    .toString('utf8', 0, 64)
    .replace(/^\uFEFF/, '')
    .trimStart()
  if (start === '') return undefined
  return /^[{[<"]/.test(start) ? 'document' : 'events'
}

/** Chunks that stand in lines without the form of events; none where one of the lines is no chunk. */
function lines(text: string): unknown[] {
  const bodies = text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map(parsed)
  return bodies.every((body) => typeof body === 'object') ? bodies : []
}

const sayingOf = (body: unknown, data: string): string => {
  const message = (body as { message?: unknown } | undefined)?.message
  return typeof message === 'string' ? message : data
}
