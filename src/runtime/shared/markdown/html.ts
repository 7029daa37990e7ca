import TurndownService from 'turndown'
import type { Page } from './markdown.ts'

/** What is read of an element of the page. */
type Tag = { getAttribute(name: string): string | null }

/** HTML as Markdown. */
export function markdownOfHtml({ html, url, images }: Page): string {
  const service = new TurndownService({
    headingStyle: 'atx',
    bulletListMarker: '*',
    codeBlockStyle: 'fenced',
    emDelimiter: '_'
  })
  service.remove(['script', 'style', 'noscript', 'template', 'title'])
  service.addRule('cell', { filter: ['td', 'th'], replacement: (content) => `${content.trim()} | ` })
  service.addRule('row', {
    filter: 'tr',
    replacement: (content, row) => {
      const cells = content.split('\n').join(' ').trim().replace(/\|$/, '').trim()
      const header = [...row.childNodes].filter(({ nodeName }) => nodeName === 'TH')
      return `\n${cells}${header.length > 0 ? `\n${header.map(() => '---').join('|')}` : ''}`
    }
  })
  service.addRule('table', { filter: 'table', replacement: (content) => `\n\n${content.trim()}\n\n` })
  service.addRule('link', {
    filter: (node) => node.nodeName === 'A' && Boolean(node.getAttribute('href')),
    replacement: (content, node) =>
      content.trim() === ''
        ? ''
        : `[${content.trim()}](${absolute((node as unknown as Tag).getAttribute('href'), url)})`
  })
  service.addRule('image', {
    filter: 'img',
    replacement: (_, node) => {
      const [source, alt] = ['src', 'alt'].map((name) => (node as unknown as Tag).getAttribute(name))
      return images && source ? `![${alt ?? ''}](${absolute(source, url)})` : ''
    }
  })
  return service.turndown(html).trim()
}

function absolute(address: string | null | undefined, base: string): string {
  try {
    return new URL(address ?? '', base).href
  } catch {
    return address ?? ''
  }
}
