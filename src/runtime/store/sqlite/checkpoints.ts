import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { Database } from 'better-sqlite3'

/** So many pages of 4 KB are written from one checkpoint to the next: enough that a page is seldom moved twice. */
const interval = 4000
/** So often the pages are counted, which takes 4 µs. */
const commitsPerCount = 8

/** Moves the log file into the database file now and then. */
export interface Checkpoints {
  /** To be told of each commit. */
  committed(): void
  close(): Promise<void>
}

/** Makes checkpoints in a thread of their own, which starts when first needed. `alone` lets no commit run meanwhile. */
export function startCheckpoints(
  db: Database,
  alone: (work: () => Promise<void>) => Promise<void>
): Checkpoints {
  const count = db.prepare<[], { log: number; checkpointed: number }>('pragma wal_checkpoint(noop)')
  let commits = 0
  let worker: Worker | undefined
  let underWay: Promise<void> | undefined

  async function checkpoint(): Promise<void> {
    worker ??= startWorker(db.name)
    const thread = worker
    thread.ref()
    await move(thread)
    await move(thread)
    // SQLite begins anew in the log file only once all of it is moved, so commits wait while the last bit is: the
    // loop does not.
    await alone(() => move(thread))
    thread.unref()
    underWay = undefined
  }
  return {
    committed() {
      if (++commits % commitsPerCount > 0 || underWay) return
      const { log, checkpointed } = count.get()!
      if (log - checkpointed < interval) return
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

/** Lets the thread move what is there now. Rejects when the thread ends, so that no caller waits for ever. */
async function move(worker: Worker): Promise<void> {
  const settled = new AbortController()
  const { signal } = settled
  const gone = once(worker, 'exit', { signal }).then(() => Promise.reject(new Error('The thread has ended')))
  worker.postMessage('checkpoint')
  await Promise.race([once(worker, 'message', { signal }), gone]).finally(() => settled.abort())
}

function startWorker(path: string): Worker {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
  const file = new URL(`./checkpoint-worker.${extension}`, import.meta.url)
  const worker = new Worker(file, { workerData: path, execArgv: [] })
  // Callers that wait for an answer get the error; without a listener it would end the process.
  worker.on('error', () => {})
  return worker
}
