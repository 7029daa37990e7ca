/**
 * The participants whose names stand in a text as words. Case matters; `_` in a name may be written as a space, or
 * with a backslash before it.
 */
export const mentionedIn = (text: string, names: readonly string[]): string[] =>
  names.filter((name) => patternOf(name).test(text))

function patternOf(name: string): RegExp {
  const spellings = [name, name.replaceAll('_', ' '), name.replaceAll('_', '\\_')].map(literally)
  return new RegExp(`(?<![\\p{L}\\p{N}_])(?:${spellings.join('|')})(?![\\p{L}\\p{N}_])`, 'u')
}

const literally = (text: string) => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
