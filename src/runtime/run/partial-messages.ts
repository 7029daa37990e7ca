import { type ChunkWriter, chunkWriter } from '../../protocol/frames.ts'
import { deterministicIds } from '../shared/deterministic-ids.ts'
import type { OutgoingFrame } from '../subscriptions/subscriber.ts'

/** An answer that is still being written, piece by piece. */
export class PartialMessage {
  readonly #write: ChunkWriter
  readonly #newId = deterministicIds(crypto.randomUUID(), 'chunk')
  /** What was told of it, and the id and the time of its first piece. Joined when somebody asks: few do. */
  readonly #told: string[] = []
  #first: { id: string; at: string } | null = null

  constructor(run: number, source: string, full_message_id: string | null) {
    this.#write = chunkWriter(run, source, full_message_id)
  }

  /** The next piece, as it goes out. */
  nextChunk(content: string, at: string): Chunk {
    const id = this.#newId()
    this.#first ??= { id, at }
    return new Chunk(this, content, this.#write(content, id, at))
  }

  /** A piece has gone out. */
  onPublished(content: string): void {
    this.#told.push(content)
  }

  /** The text so far, as one piece; none where nothing was told. */
  textSoFar(): OutgoingFrame[] {
    const text = this.#told.join('')
    return text === '' ? [] : [{ seq: null, text: this.#write(text, this.#first!.id, this.#first!.at) }]
  }
}

/** A piece of an answer on its way. There are very many, so it holds references only: no closure. */
export class Chunk implements OutgoingFrame {
  readonly seq = null
  readonly type = ''
  readonly text: string
  readonly #answer: PartialMessage
  readonly #content: string

  constructor(answer: PartialMessage, content: string, text: string) {
    this.#answer = answer
    this.#content = content
    this.text = text
  }

  published(): void {
    this.#answer.onPublished(this.#content)
  }
}
