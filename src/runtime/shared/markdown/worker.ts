import { parentPort, workerData } from 'node:worker_threads'
import { optional } from '../../packages/optional.ts'
import type { DocumentFile, Page } from './markdown.ts'

/** Reads a document in a thread of its own: its author may have made it hard to read. */
async function read(document: Page | DocumentFile): Promise<string> {
  if ('html' in document)
    return (await optional(() => import('./html.ts'), 'turndown')).markdownOfHtml(document)
  const { bytes } = document
  switch (document.format) {
    case 'pdf':
      return (await import('./pdf.ts')).markdownOfPdf(bytes)
    case 'docx':
      return (await import('./word.ts')).markdownOfWord(bytes)
    case 'xlsx':
      return (await import('./excel.ts')).markdownOfExcel(bytes)
    case 'pptx':
      return (await import('./powerpoint.ts')).markdownOfPowerPoint(bytes)
  }
}

parentPort?.postMessage(await read(workerData as Page | DocumentFile))
