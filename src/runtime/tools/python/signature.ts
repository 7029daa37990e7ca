/** The function of a Python source: its name and the names of its arguments. */
export interface Signature {
  name: string
  parameters: string[]
}

/**
 * Reads the first function of a source. It knows strings, comments and brackets and nothing else of Python; undefined
 * where there is no function.
 */
export function signatureOf(source: string): Signature | undefined {
  const head = /^[ \t]*(?:async[ \t]+)?def[ \t]+(\w+)[ \t]*\(/m.exec(source)
  if (!head) return undefined
  const parameters = pieces(source, head.index + head[0].length)
    .map((piece) => /^\s*(\*{0,2}\w+)/.exec(piece)?.[1] ?? '')
    .filter((name) => name !== '' && !name.startsWith('*'))
  return { name: head[1]!, parameters }
}

/** What stands between the commas of an argument list that begins there. */
function pieces(source: string, start: number): string[] {
  const found: string[] = []
  let piece = ''
  let depth = 0
  for (let at = start; at < source.length; at++) {
    const char = source[at]!
    if (char === '#') at = endOf(source, '\n', at)
    else if (char === '"' || char === "'") at = endOfString(source, at)
    else if (depth === 0 && (char === ',' || char === ')')) {
      found.push(piece)
      if (char === ')') return found
      piece = ''
    } else {
      if ('([{'.includes(char)) depth++
      if (')]}'.includes(char)) depth--
      piece += char
    }
  }
  return found
}

function endOfString(source: string, start: number): number {
  const quote = source[start]!
  if (source.startsWith(quote.repeat(3), start)) return endOf(source, quote.repeat(3), start + 3) + 2
  for (let at = start + 1; at < source.length; at++) {
    if (source[at] === '\\') at++
    else if (source[at] === quote) return at
  }
  return source.length
}

function endOf(source: string, mark: string, start: number): number {
  const found = source.indexOf(mark, start)
  return found < 0 ? source.length : found
}
