import type { ServerFrame } from '../protocol/server-frames.ts'

/** A message that is still being written: its text so far. */
export interface Draft {
  /** The id that the message will have. */
  readonly id: string
  /** The participant that writes it. */
  readonly source: string
  readonly text: string
}

type Chunk = Extract<ServerFrame, { type: 'message_chunk' }>

/** The messages that are being written, put together from chunks. */
export class Drafts {
  #all: readonly Draft[] = []

  /** Oldest first; another list after each change. */
  get all(): readonly Draft[] {
    return this.#all
  }

  add({ data, replay }: Chunk): void {
    const id = data.full_message_id ?? `${data.source}…`
    const known = this.#all.find((draft) => draft.id === id)
    // A chunk that is sent again is the text so far.
    const text = replay || !known ? data.content : known.text + data.content
    const draft = { id, source: data.source, text }
    this.#all = known ? this.#all.map((one) => (one === known ? draft : one)) : [...this.#all, draft]
  }

  /** A message is whole. */
  remove(id: string, source: string): void {
    if (this.#all.some((draft) => draft.id === id || draft.id === `${source}…`))
      this.#all = this.#all.filter((draft) => draft.id !== id && draft.id !== `${source}…`)
  }

  clear(): void {
    if (this.#all.length > 0) this.#all = []
  }
}
