import { errorOf, LISTED } from './outcome.ts'

/** A name without what case and underscores make of it: `base_url` and `baseUrl` are one. */
const plain = (name: string): string => name.replaceAll(/[_\-\s]/g, '').toLowerCase()

/** How many letters have to be added, taken away, changed or swapped with the next to make one text of another. */
function distance(from: string, to: string): number {
  let before: number[] = []
  let row = Array.from({ length: to.length + 1 }, (_, i) => i)
  for (let i = 0; i < from.length; i++) {
    const next = [i + 1]
    for (let j = 0; j < to.length; j++) {
      const isSwapped = i > 0 && from[i] === to[j - 1] && from[i - 1] === to[j]
      const swapped = isSwapped ? before[j - 1]! + 1 : Number.POSITIVE_INFINITY
      next.push(Math.min(next[j]! + 1, row[j + 1]! + 1, row[j]! + (from[i] === to[j] ? 0 : 1), swapped))
    }
    before = row
    row = next
  }
  return row[to.length]!
}

/** Of some known names the one that was probably meant; undefined where none is near. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  const wanted = plain(name)
  const same = known.find((one) => plain(one) === wanted)
  if (same !== undefined) return same
  const ranked = known
    .map((one) => ({ one, off: distance(wanted, plain(one)) }))
    .sort((a, b) => a.off - b.off)
  const [best] = ranked
  if (best && best.off <= Math.max(1, Math.floor(wanted.length / 3))) return best.one
  return ranked.find(({ one }) => isWithin(wanted, plain(one)))?.one
}

/** Whether all letters of one of two words stand in the other in their order: `delay` in `delayms`. */
function isWithin(a: string, b: string): boolean {
  const [short, long] = a.length < b.length ? [a, b] : [b, a]
  if (short.length < 4) return false
  let at = 0
  for (const letter of long) if (letter === short[at]) at++
  return at === short.length
}

/** The sentence about an option that does not exist. */
export function unknownOption(what: string, name: string, known: readonly string[]): string {
  const near = nearestName(name, known)
  const hint = near === undefined ? `It has: ${[...known].sort().join(', ')}.` : `Did you mean "${near}"?`
  return `${what} has no option "${name}". ${hint}`
}

/** Throws `unknown_option` where an object has keys that are none of the known options. */
export function demandOptions(what: string, given: object, known: readonly string[]): void {
  for (const name of Object.keys(given))
    if (!known.includes(name))
      throw errorOf({ message: unknownOption(what, name, known), type: LISTED, code: 'unknown_option' })
}
