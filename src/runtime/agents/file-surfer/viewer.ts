import { readdir, readFile, realpath, stat } from 'node:fs/promises'
import { basename, dirname, extname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import { type DocumentFile, markdownOf } from '../../shared/markdown/markdown.ts'
import { tableOf } from '../../shared/markdown/table.ts'
import { kindOf } from './file-kind.ts'

/** Where a file viewer stands; JSON, since it is part of an agent's state. */
export interface View {
  /** The path of the file or folder, as it is on this machine. */
  path: string
  /** Which page of it is shown, from 0 on. */
  page: number
  /** What was searched for last, and the page on which it was found. */
  query: string | null
  found: number | null
}

/** What is shown: the page of a file or folder. */
export interface Shown {
  title: string | null
  /** All pages. */
  pages: string[]
}

/** Characters of a page: words are not cut, so that one may be longer. */
const PAGE = 5 * 1024
/** Bytes of a file. */
const LONGEST = 32 * 2 ** 20
/** Entries of a folder. */
const MOST = 2000
/** Of which files that are no texts the text is read. */
const formats: Readonly<Record<string, DocumentFile['format']>> = {
  'a PDF file': 'pdf',
  'a Word document': 'docx',
  'an Excel workbook': 'xlsx',
  'a PowerPoint presentation': 'pptx'
}
/** What is not shown although its bytes may all be letters. */
const NO_TEXT = /PDF|RTF|archive|Word|Excel|PowerPoint|OpenDocument|EPUB/

/** Looks at files and folders inside of one folder; nothing outside of it is to be seen. */
export class FileViewer {
  readonly #root: string
  readonly #signal: AbortSignal

  /** `root`: the folder, as it really is. */
  constructor(root: string, signal: AbortSignal) {
    this.#root = root
    this.#signal = signal
  }

  /** Opens a path, relative to what is open or absolute. */
  open(view: View, path: string): View {
    const from = extname(view.path) === '' ? view.path : dirname(view.path)
    const plain = path.replace(/^~(?=\/|$)/, this.#root)
    // Models write `/notes.txt` and mean the top of what they see.
    const absolute = isAbsolute(plain)
      ? this.#inside(plain)
        ? plain
        : join(this.#root, plain)
      : resolve(from, plain)
    return { path: absolute, page: 0, query: null, found: null }
  }

  async turn(view: View, by: 1 | -1): Promise<View> {
    const { pages } = await this.show(view)
    return { ...view, page: Math.min(Math.max(view.page + by, 0), pages.length - 1) }
  }

  /** Goes to the page on which a text stands, from this page on and then from the beginning; `*` stands for anything. */
  async find(view: View, query: string): Promise<View> {
    const again = view.query === query && view.found === view.page
    return this.#search({ ...view, query }, again ? view.page + 1 : view.page)
  }

  async findNext(view: View): Promise<View> {
    return view.query === null ? view : this.#search(view, view.found === null ? 0 : view.found + 1)
  }

  async #search(view: View, from: number): Promise<View> {
    const { pages } = await this.show(view)
    const looks = wordsOf(view.query ?? '')
    if (looks.length === 0) return { ...view, found: null }
    const order = pages.map((_, i) => (from + i) % pages.length)
    const found = order.find((i) => holds(pages[i]!, looks))
    return found === undefined ? { ...view, found: null } : { ...view, page: found, found }
  }

  /** What is to be seen at a path. Why something cannot be shown is a page, too. */
  async show({ path }: View): Promise<Shown> {
    try {
      const real = await realpath(path)
      if (!this.#inside(real)) return missing(path)
      const known = await stat(real)
      if (known.isDirectory()) return { title: null, pages: [await this.#folder(real)] }
      if (!known.isFile()) return missing(path)
      if (known.size > LONGEST) return cannot(path, `It is larger than ${LONGEST} bytes.`)
      return await this.#file(real)
    } catch (error) {
      this.#signal.throwIfAborted()
      return (error as NodeJS.ErrnoException).code === 'ENOENT'
        ? missing(path)
        : cannot(path, (error as Error).message)
    }
  }

  async #folder(path: string): Promise<string> {
    const entries = (await readdir(path, { withFileTypes: true })).sort((a, b) => (a.name < b.name ? -1 : 1))
    const rows = await Promise.all(
      entries.slice(0, MOST).map(async (entry) => {
        const known = await stat(join(path, entry.name)).catch(() => null)
        const changed = known ? known.mtime.toISOString().slice(0, 16).replace('T', ' ') : ''
        return `| ${entry.name}${known?.isDirectory() ? sep : ''} | ${known?.isFile() ? known.size : ''} | ${changed} |`
      })
    )
    const up = path === this.#root ? [] : ['| .. (parent directory) | | |']
    const more = entries.length > MOST ? [`| … ${entries.length - MOST} more | | |`] : []
    const head = [
      `# Index of ${path}`,
      '',
      '| Name | Size | Date Modified |',
      '| ---- | ---- | ------------- |'
    ]
    return [...head, ...up, ...rows, ...more].join('\n')
  }

  async #file(path: string): Promise<Shown> {
    const bytes = await readFile(path)
    const other = kindOf(path, bytes)
    const format = formats[other ?? '']
    if (format) return this.#document(path, { format, bytes }, other!)
    if (other && (isBinary(bytes) || NO_TEXT.test(other)))
      return cannot(
        path,
        `It is ${other}, which is not read here: a tool or an MCP server that reads such files can.`
      )
    if (isBinary(bytes)) return cannot(path, 'It is not a text.')
    const text = new TextDecoder(encodingOf(bytes)).decode(bytes)
    const kind = extname(path).toLowerCase()
    if (kind === '.html' || kind === '.htm' || kind === '.xhtml') {
      const title = /<title[^<>]*>([^<]*)/i.exec(text)?.[1]?.trim() || basename(path)
      const markdown = await markdownOf({ html: text, url: `file://${path}`, images: true }, this.#signal)
      return { title, pages: pagesOf(markdown) }
    }
    if (kind === '.csv') return { title: basename(path), pages: pagesOf(tableOf(rowsOf(text))) }
    return { title: null, pages: pagesOf(text) }
  }

  async #document(path: string, file: DocumentFile, kind: string): Promise<Shown> {
    try {
      return { title: basename(path), pages: pagesOf(await markdownOf(file, this.#signal)) }
    } catch (error) {
      this.#signal.throwIfAborted()
      return cannot(path, `It is ${kind}. ${(error as Error).message}`)
    }
  }

  #inside(path: string): boolean {
    const way = relative(this.#root, path)
    return !way.startsWith('..') && !isAbsolute(way)
  }
}

const missing = (path: string): Shown => ({
  title: 'FileNotFoundError',
  pages: [`# FileNotFoundError\n\nFile not found: ${path}`]
})
const cannot = (path: string, why: string): Shown => ({
  title: 'UnsupportedFormatException',
  pages: [`# UnsupportedFormatException\n\n'${path}' cannot be shown as text. ${why}`]
})

const isBinary = (bytes: Buffer): boolean =>
  encodingOf(bytes) === 'utf-8' && bytes.subarray(0, 8192).includes(0)
const encodingOf = (bytes: Buffer): string => {
  const mark = bytes.subarray(0, 2).toString('hex')
  return mark === 'fffe' ? 'utf-16le' : mark === 'feff' ? 'utf-16be' : 'utf-8'
}

function pagesOf(text: string): string[] {
  const pages: string[] = []
  for (let start = 0; start < text.length; ) {
    let end = Math.min(start + PAGE, text.length)
    while (end < text.length && !/\s/.test(text[end - 1]!)) end++
    pages.push(text.slice(start, end))
    start = end
  }
  return pages.length > 0 ? pages : ['']
}

/** The rows of comma-separated values. */
const rowsOf = (text: string): string[][] =>
  text
    .split(/\r?\n/)
    .filter((line) => line !== '')
    .map(cellsOf)

function cellsOf(line: string): string[] {
  const cells: string[] = []
  let cell = ''
  let quoted = false
  for (let i = 0; i < line.length; i++) {
    const char = line[i]!
    if (char === '"' && quoted && line[i + 1] === '"') cell += line[++i]
    else if (char === '"') quoted = !quoted
    else if (char === ',' && !quoted) {
      cells.push(cell)
      cell = ''
    } else cell += char
  }
  return [...cells, cell]
}

/** The words of a text, in small letters. `*` is kept. */
const wordsOf = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}_*]+/gu) ?? []

/** Whether the words stand in a page one after the other; a word with `*` fits what begins, ends or goes on so. */
function holds(page: string, looks: readonly string[]): boolean {
  const words = page.toLowerCase().match(/[\p{L}\p{N}_]+/gu) ?? []
  return words.some((_, start) => looks.every((look, i) => fits(words[start + i], look)))
}

function fits(word: string | undefined, look: string): boolean {
  if (word === undefined) return false
  const parts = look.split('*')
  if (parts.length === 1) return word === look
  let at = 0
  for (const [i, part] of parts.entries()) {
    const found = i === 0 ? (word.startsWith(part) ? 0 : -1) : word.indexOf(part, at)
    if (found < 0) return false
    at = found + part.length
  }
  return parts.at(-1) === '' || word.endsWith(parts.at(-1)!)
}
