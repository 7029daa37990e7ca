import type { CodeBlock } from '../../../machines/messages/index.ts'

const FENCE = '```'

/** The fenced blocks of a text that are in one of these languages, in order. Takes time in proportion to the text. */
export function codeBlocks(text: string, languages: readonly string[]): CodeBlock[] {
  const wanted = new Set(languages.map((language) => language.toLowerCase()))
  const longest = Math.max(0, ...languages.map(({ length }) => length))
  const blocks: CodeBlock[] = []
  let from = text.indexOf(FENCE)
  while (from >= 0) {
    const name = afterBlanks(text, from + FENCE.length)
    const [language = '', ...more] = text.slice(name, name + longest + 1).split('\n', 2)
    if (more.length === 0 || !wanted.has(language.toLowerCase())) {
      from = text.indexOf(FENCE, from + 1)
      continue
    }
    const code = name + language.length + 1
    const end = text.indexOf(FENCE, code)
    if (end < 0) break
    blocks.push({ code: text.slice(code, end), language })
    from = text.indexOf(FENCE, end + FENCE.length)
  }
  return blocks
}

function afterBlanks(text: string, from: number): number {
  let at = from
  while (at < text.length && /\s/.test(text[at]!)) at++
  return at
}

/** The blocks as one text with fences. */
export const fenced = (blocks: readonly CodeBlock[]) =>
  blocks.map(({ language, code }) => `\`\`\`${language}\n${code}\n\`\`\``).join('\n\n')
