import { Worker } from 'node:worker_threads'

/** A page to be read. */
export interface Page {
  html: string
  /** The address against which its links are resolved. */
  url: string
  /** Whether pictures are named. */
  images: boolean
}

/** Milliseconds that a page may take. */
const PATIENCE = 15_000
/** Megabytes that a page may take. */
const MEMORY = 512

/** HTML as Markdown, without scripts and styles, addresses made absolute. Rejects where that takes too long. */
export function markdownOf(page: Page, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason)
    const worker = new Worker(workerFile, {
      workerData: page,
      resourceLimits: { maxOldGenerationSizeMb: MEMORY },
      env: {}
    })
    const end = (settle: () => void) => {
      clearTimeout(timer)
      signal.removeEventListener('abort', abort)
      void worker.terminate()
      settle()
    }
    const abort = () => end(() => reject(signal.reason))
    const late = () => end(() => reject(new Error('The page cannot be read: it takes too long.')))
    const timer = setTimeout(late, PATIENCE)
    signal.addEventListener('abort', abort, { once: true })
    worker.once('message', (text: string) => end(() => resolve(text)))
    worker.once('error', (error) => end(() => reject(new Error(`The page cannot be read: ${error.message}`))))
  })
}

// In a package it is compiled.
const workerFile = new URL(`./worker${import.meta.url.slice(-3)}`, import.meta.url)
