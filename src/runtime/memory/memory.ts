import type { MemoryContent, ModelMessage } from '../../machines/messages/index.ts'

/** The circumstances of a call to a memory. */
export interface MemoryCall {
  signal?: AbortSignal
}

/** What a memory has to say to a turn, as JSON, so that it can be journaled. */
export interface Recollection {
  /** What is shown as a `MemoryQueryEvent`, unless there is none. */
  memories: MemoryContent[]
  /** What goes into the agent's context after what it has heard. */
  messages: ModelMessage[]
}

/** What an agent asks of a memory. How it stores and what it finds relevant is its own affair. */
export interface Memory {
  /** What the memory adds to a context with these messages. It changes nothing, so that a turn can be repeated. */
  update(messages: readonly ModelMessage[], call?: MemoryCall): Promise<Recollection>
  /** What it knows about a text. */
  query(query: string, call?: MemoryCall): Promise<MemoryContent[]>
  add(content: MemoryContent, call?: MemoryCall): Promise<void>
  clear(): Promise<void>
  /** Gives back what it holds of the world: files, connections. */
  close(): Promise<void>
}
