import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../support/child.ts'

/** A fenced block of a document. */
export interface Snippet {
  /** Where it begins: `README.md:16`. */
  at: string
  /** The first word after the fence, such as `ts`; empty where there is none. */
  language: string
  text: string
  /** Whether `<!-- run -->` stands in the line above it. */
  runs: boolean
}

/** All fenced blocks of a document, in their order; `path` is relative to the root of the checkout. */
export function snippetsOf(path: string): Snippet[] {
  const lines = readFileSync(join(root, path), 'utf8').split('\n')
  const found: Snippet[] = []
  for (let at = 0; at < lines.length; at++) {
    const [, indent, fence, language] = /^( *)(`{3,})(\w*)/.exec(lines[at]!) ?? []
    if (fence === undefined) continue
    const end = lines.findIndex((line, number) => number > at && line === indent + fence)
    if (end < 0) throw new Error(`${path}:${at + 1}: this block has no end.`)
    const text = lines.slice(at + 1, end).map((line) => line.slice(indent!.length))
    const runs = lines[at - 1]?.trim() === '<!-- run -->'
    found.push({ at: `${path}:${at + 1}`, language: language!, text: `${text.join('\n')}\n`, runs })
    at = end
  }
  return found
}

/** All snippets of the README and of docs that are marked to be run. */
export const runnableSnippets = (): Snippet[] =>
  ['README.md', ...globSync('docs/*.md', { cwd: root })].flatMap(snippetsOf).filter(({ runs }) => runs)
