import { type ChunkWriter, chunkWriter, type OutgoingFrame } from '../../protocol/frames.ts'
import { deterministicIds } from '../shared/deterministic-ids.ts'

/** So many chunks are kept apart: a model may send an answer letter by letter. */
const MANY = 4096

/** A message that a model is still writing: its chunks, and the text so far for subscribers who come late. */
export class PartialMessage {
  readonly #write: ChunkWriter
  readonly #newId = deterministicIds(crypto.randomUUID(), 'chunk')
  /** What was published, and the last chunks of it. Joined now and then, and when a subscriber needs the text so far. */
  #text = ''
  #published: string[] = []
  /** The id and the time of the first chunk. */
  #first: { id: string; at: string } | null = null

  constructor(run: number, source: string, full_message_id: string | null) {
    this.#write = chunkWriter(run, source, full_message_id)
  }

  /** The frame of the next chunk; `at` in ISO 8601. */
  nextChunk(content: string, at: string): ChunkFrame {
    const id = this.#newId()
    this.#first ??= { id, at }
    return new ChunkFrame(this, content, this.#write(content, id, at))
  }

  /** Notes that a chunk was published. */
  onPublished(content: string): void {
    this.#published.push(content)
    if (this.#published.length >= MANY) this.#join()
  }

  /** The text so far as one chunk; none where nothing was published. */
  textSoFar(): OutgoingFrame[] {
    this.#join()
    const text = this.#text
    return text === '' ? [] : [{ seq: null, text: this.#write(text, this.#first!.id, this.#first!.at) }]
  }

  #join(): void {
    this.#text += this.#published.join('')
    this.#published = []
  }
}

/** The frame of a chunk on its way. There are very many, so it holds references only: no closure. */
export class ChunkFrame implements OutgoingFrame {
  readonly seq = null
  readonly type = ''
  readonly text: string
  readonly #message: PartialMessage
  readonly #content: string

  constructor(message: PartialMessage, content: string, text: string) {
    this.#message = message
    this.#content = content
    this.text = text
  }

  onPublished(): void {
    this.#message.onPublished(this.#content)
  }
}
