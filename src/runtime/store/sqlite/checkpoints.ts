import { once } from 'node:events'
import { Worker } from 'node:worker_threads'

/** So much is written from one checkpoint to the next: rare enough that a page is seldom moved twice. */
const interval = 16 * 2 ** 20
/** What a commit writes besides its texts: the pages of the indexes. */
const perCommit = 16 * 2 ** 10

/** Moves the log file into the database file now and then. */
export interface Checkpoints {
  /** To be told after each commit. */
  wrote(characters: number): void
  close(): Promise<void>
}

/** Makes checkpoints in a thread of their own, which starts when first needed. `alone` lets no commit run meanwhile. */
export function startCheckpoints(
  path: string,
  alone: (work: () => Promise<void>) => Promise<void>
): Checkpoints {
  let pending = 0
  let worker: Worker | undefined
  let underWay: Promise<void> | undefined

  async function move(): Promise<void> {
    worker?.postMessage('checkpoint')
    await once(worker!, 'message')
  }
  async function checkpoint(): Promise<void> {
    worker ??= startWorker(path)
    worker.ref()
    await move()
    await move()
    // SQLite begins anew in the log file only once all of it is moved, so commits wait while the last bit is: the
    // loop does not.
    await alone(move)
    worker.unref()
    underWay = undefined
  }
  return {
    wrote(characters) {
      pending += characters + perCommit
      if (pending < interval || underWay) return
      pending = 0
      // After a failure no further one is tried: the server's connection does it, at `wal_autocheckpoint` pages.
      underWay = checkpoint().catch(() => {})
    },
    async close() {
      await underWay
      if (!worker || worker.threadId === -1) return
      worker.ref()
      worker.postMessage('close')
      await once(worker, 'exit')
    }
  }
}

function startWorker(path: string): Worker {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
  const file = new URL(`./checkpoint-worker.${extension}`, import.meta.url)
  return new Worker(file, { workerData: path, execArgv: [] })
}
