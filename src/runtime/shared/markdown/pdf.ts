import { optional } from '../../packages/optional.ts'

/** Pages of a PDF file that are read. */
const MOST = 2000

/** The text of a PDF file, page by page. Throws where it asks for a password, is broken, or holds pictures only. */
export async function markdownOfPdf(bytes: Uint8Array): Promise<string> {
  const { getDocumentProxy } = await optional(() => import('unpdf'), 'unpdf')
  const file = await getDocumentProxy(bytes)
  const pages: string[] = []
  for (let number = 1; number <= Math.min(file.numPages, MOST); number++) {
    const page = await file.getPage(number)
    const { items } = await page.getTextContent()
    const text = items.map((item) => ('str' in item ? item.str + (item.hasEOL ? '\n' : '') : '')).join('')
    page.cleanup()
    pages.push(text.trim())
  }
  if (pages.every((page) => page === '')) throw new Error('its pages hold pictures and no text.')
  const more = file.numPages > MOST ? [`(${file.numPages - MOST} more pages)`] : []
  return [...pages, ...more].join('\n\n')
}
