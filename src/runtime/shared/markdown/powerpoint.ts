import type { Element, Node } from '@xmldom/xmldom'
import { optional } from '../../packages/optional.ts'
import { tableOf } from './table.ts'
import { unzip } from './unzip.ts'

/** The texts of a PowerPoint presentation, slide by slide, with its tables and notes. */
export async function markdownOfPowerPoint(bytes: Uint8Array): Promise<string> {
  const { DOMParser } = await optional(() => import('@xmldom/xmldom'), '@xmldom/xmldom')
  const parts = await unzip(bytes)
  const parse = (part: Uint8Array) =>
    new DOMParser({ onError: () => {} }).parseFromString(new TextDecoder().decode(part), 'text/xml')
  const numbered = [...parts.keys()].flatMap((path) => {
    const number = /^ppt\/slides\/slide(\d+)\.xml$/.exec(path)?.[1]
    return number === undefined ? [] : [{ path, number: Number(number) }]
  })
  if (numbered.length === 0) throw new Error('it holds no slides.')
  const slides = numbered
    .sort((a, b) => a.number - b.number)
    .map(({ path, number }) => {
      const notes = parts.get(`ppt/notesSlides/notesSlide${number}.xml`)
      return [
        `<!-- Slide number: ${number} -->`,
        ...shapesIn(parse(parts.get(path)!)),
        ...(notes ? ['### Notes:', ...shapesIn(parse(notes))] : [])
      ].join('\n')
    })
  return slides.join('\n\n')
}

/** The texts of a slide's shapes, in their order: paragraphs, and tables as Markdown. */
function shapesIn(slide: Node): string[] {
  const lines: string[] = []
  const waiting: Node[] = [slide]
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    if (node.nodeName === 'a:tbl') lines.push(tableOf(rowsOf(node as Element)))
    else if (node.nodeName === 'a:p') lines.push(heading(node) + textOf(node))
    else if (!isFurniture(node))
      for (let child = node.lastChild; child; child = child.previousSibling) waiting.push(child)
  }
  return lines.filter((line) => line.trim() !== '' && line.trim() !== '#')
}

const rowsOf = (table: Element): string[][] =>
  [...table.getElementsByTagName('a:tr')].map((row) =>
    [...row.getElementsByTagName('a:tc')].map((cell) =>
      [...cell.getElementsByTagName('a:p')].map(textOf).join(' ')
    )
  )

const textOf = (paragraph: Node): string =>
  [...(paragraph as Element).getElementsByTagName('*')]
    .map(({ nodeName, textContent }) =>
      nodeName === 'a:t' ? (textContent ?? '') : nodeName === 'a:br' ? '\n' : ''
    )
    .join('')

/** Whether a shape shows the number, date or foot of each slide. */
const isFurniture = (node: Node): boolean =>
  node.nodeName === 'p:sp' && ['sldNum', 'dt', 'ftr'].includes(placeholderOf(node))

const placeholderOf = (shape: Node): string =>
  (shape as Element).getElementsByTagName('p:ph').item(0)?.getAttribute('type') ?? ''

/** `# ` before the paragraphs of a slide's title. */
function heading(paragraph: Node): string {
  const shape = paragraph.parentNode?.parentNode
  return shape?.nodeName === 'p:sp' && ['title', 'ctrTitle'].includes(placeholderOf(shape)) ? '# ' : ''
}
