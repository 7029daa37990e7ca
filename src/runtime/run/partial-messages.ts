import { type ChunkWriter, chunkWriter } from '../../protocol/frames.ts'
import { idSource } from '../shared/deterministic-ids.ts'
import type { Line } from '../subscriptions/subscriber.ts'

/** An answer that is still being written, piece by piece. */
export class Answer {
  readonly #write: ChunkWriter
  readonly #newId = idSource(crypto.randomUUID(), 'chunk')
  /** What was told of it, and the id and the time of its first piece. Joined when somebody asks: few do. */
  readonly #told: string[] = []
  #first: { id: string; at: string } | null = null

  constructor(run: number, source: string, full_message_id: string | null) {
    this.#write = chunkWriter(run, source, full_message_id)
  }

  /** The next piece, as it goes out. */
  piece(content: string, at: string): Piece {
    const id = this.#newId()
    this.#first ??= { id, at }
    return new Piece(this, content, this.#write(content, id, at))
  }

  /** A piece has gone out. */
  told(content: string): void {
    this.#told.push(content)
  }

  /** The text so far, as one piece; none where nothing was told. */
  soFar(): Line[] {
    const text = this.#told.join('')
    return text === '' ? [] : [{ seq: null, text: this.#write(text, this.#first!.id, this.#first!.at) }]
  }
}

/** A piece of an answer on its way. There are very many, so it holds references only: no closure. */
export class Piece implements Line {
  readonly seq = null
  readonly type = ''
  readonly text: string
  readonly #answer: Answer
  readonly #content: string

  constructor(answer: Answer, content: string, text: string) {
    this.#answer = answer
    this.#content = content
    this.text = text
  }

  published(): void {
    this.#answer.told(this.#content)
  }
}
