import type { EntityManager } from '@mikro-orm/core'
import type { Frames } from './run-log.ts'

/** Where a store keeps its data, and how. */
export interface StoreOptions {
  /** `sqlite:<path>` or `sqlite::memory:`. */
  database: string
  /**
   * `normal` loses nothing when the process dies, but the last commits may be gone after a loss of power; `full`
   * loses none and waits for the disk at each commit.
   */
  synchronous?: 'normal' | 'full'
  /** Milliseconds since 1970. */
  now?: () => number
}

/** What a dialect brings: everyday work goes through MikroORM, the hot path is its own. */
export interface Backend {
  em: EntityManager
  frames: Frames
  close(): Promise<void>
}
