import { globSync, readFileSync } from 'node:fs'
import { type AST, RegExpParser } from '@eslint-community/regexpp'
import { parseAst } from 'vite'

/** A regular expression of ours, and the file in which it stands. */
export interface OwnExpression {
  file: string
  source: string
  flags: string
}

/** All that are written as literals in the files that a pattern finds. */
export function expressionsIn(...patterns: string[]): OwnExpression[] {
  return patterns.flatMap((pattern) => globSync(pattern)).flatMap((file) => [...literals(file)])
}

function* literals(file: string): Generator<OwnExpression> {
  const rest: unknown[] = [parseAst(readFileSync(file, 'utf8'), { lang: file.endsWith('x') ? 'tsx' : 'ts' })]
  for (let node = rest.pop(); rest.length > 0 || node !== undefined; node = rest.pop()) {
    if (typeof node !== 'object' || node === null) continue
    const { regex } = node as { regex?: { pattern: string; flags: string } }
    if (regex) yield { file, source: regex.pattern, flags: regex.flags }
    else rest.push(...Object.values(node).filter((value) => value !== null && value !== undefined))
  }
}

/** Whether it repeats anything without an end: what does not takes no more time than its length at each place. */
export const repeats = ({ source }: OwnExpression) => /[*+]|,\}/.test(source)

/** Texts of a length that begin again and again what an expression looks for, and never end it. */
export function* hostileTexts({ source, flags }: OwnExpression, length: number): Generator<string> {
  const tree = new RegExpParser().parseLiteral(`/${source}/${flags}`).pattern
  const seen = new Set<string>()
  for (const choice of [0, 1, 2, 3]) {
    const whole = tree.alternatives.map((one) => sample(one, choice))
    for (const text of whole) {
      for (let end = 1; end <= Math.min(text.length, 12); end++) seen.add(text.slice(0, end))
      for (let start = 1; start < Math.min(text.length, 12); start++) seen.add(text.slice(start))
    }
  }
  for (const piece of seen) {
    const text = piece.repeat(Math.ceil(length / piece.length))
    yield text
    yield `${text}\u0001`
  }
}

/** A text that an element matches, more or less; `choice` says by which of its ways. */
function sample(element: AST.Element | AST.Alternative | AST.CharacterClassElement, choice: number): string {
  switch (element.type) {
    case 'Alternative':
      return element.elements.map((one) => sample(one, choice)).join('')
    case 'Group':
    case 'CapturingGroup':
      return sample(element.alternatives[choice % element.alternatives.length]!, choice)
    case 'Quantifier':
      return sample(element.element, choice).repeat(Math.max(element.min, choice % 2 === 0 ? 1 : 3))
    case 'Character':
      return String.fromCodePoint(element.value)
    case 'CharacterClassRange':
      return String.fromCodePoint(element.min.value)
    case 'CharacterClass': {
      const one = element.elements[choice % Math.max(element.elements.length, 1)]
      return element.negate || !one || one.type === 'ClassStringDisjunction'
        ? '<'
        : sample(one as AST.Element, choice)
    }
    case 'CharacterSet':
      return characters[element.kind === 'any' ? 'any' : `${element.kind}${element.negate}`] ?? 'a'
    default:
      return ''
  }
}

const characters: Record<string, string> = {
  any: 'a',
  digitfalse: '1',
  digittrue: 'x',
  spacefalse: ' ',
  spacetrue: 'a',
  wordfalse: 'a',
  wordtrue: '-'
}
