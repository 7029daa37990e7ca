import { Worker } from 'node:worker_threads'

/** A page of the web to be read. */
export interface Page {
  html: string
  /** The address against which its links are resolved. */
  url: string
  /** Whether pictures are named. */
  images: boolean
}

/** A file to be read, as its bytes. */
export interface DocumentFile {
  format: 'pdf' | 'docx' | 'xlsx' | 'pptx'
  bytes: Uint8Array
}

/** Milliseconds that a document may take. */
const PATIENCE = 15_000
/** Megabytes that a document may take. */
const MEMORY = 512

/**
 * A document as Markdown: pages of the web without scripts and styles and with whole addresses; Word documents with their
 * headings, lists and tables; workbooks as a table for each sheet; presentations and PDF files as their text, slide by slide
 * and page by page. Rejects with a sentence where it is broken, too large, locked, or takes more than 15 seconds.
 */
export function markdownOf(document: Page | DocumentFile, signal: AbortSignal): Promise<string> {
  const what = 'html' in document ? 'The page' : 'The file'
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason)
    const worker = new Worker(workerFile, {
      workerData: document,
      resourceLimits: { maxOldGenerationSizeMb: MEMORY },
      // What readers of documents write of their own is no line of the log.
      ...{ stdout: true, stderr: true },
      env: {}
    })
    const end = (settle: () => void) => {
      clearTimeout(timer)
      signal.removeEventListener('abort', abort)
      void worker.terminate()
      settle()
    }
    const abort = () => end(() => reject(signal.reason))
    const late = () => end(() => reject(new Error(`${what} cannot be read: it takes too long.`)))
    const timer = setTimeout(late, PATIENCE)
    signal.addEventListener('abort', abort, { once: true })
    worker.once('message', (text: string) => end(() => resolve(text)))
    worker.once('error', (error) => end(() => reject(new Error(`${what} cannot be read: ${error.message}`))))
  })
}

// In a package it is compiled.
const workerFile = new URL(`./worker${import.meta.url.slice(-3)}`, import.meta.url)
