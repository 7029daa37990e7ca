import type { CodeBlock } from '../../../machines/messages/index.ts'

/** The fenced blocks of a text that are in one of these languages, in order. */
export function codeBlocks(text: string, languages: readonly string[]): CodeBlock[] {
  const names = languages.map((language) => language.replace(/[^\w\s]/g, '\\$&')).join('|')
  const fence = new RegExp(`\`\`\`\\s*(${names})\\n([\\s\\S]*?)\`\`\``, 'gi')
  return [...text.matchAll(fence)].map(([, language = '', code = '']) => ({ code, language }))
}

/** The blocks as one text with fences. */
export const fenced = (blocks: readonly CodeBlock[]) =>
  blocks.map(({ language, code }) => `\`\`\`${language}\n${code}\n\`\`\``).join('\n\n')
