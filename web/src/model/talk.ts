import type { Item } from './items.ts'

/** Somebody who spoke after another, and how often. */
export interface Link {
  from: string
  to: string
  count: number
}

/** Who spoke after whom, of these names, and the last such pair. */
export function talkOf(
  items: readonly Item[],
  names: readonly string[]
): { links: Link[]; last: Link | null } {
  const known = new Set(names)
  const links = new Map<string, Link>()
  let before: string | null = null
  let last: Link | null = null
  for (const item of items) {
    if (item.kind !== 'said' || !known.has(item.source)) continue
    if (before !== null && before !== item.source) {
      const key = `${before}→${item.source}`
      const { count } = links.get(key) ?? { count: 0 }
      last = { from: before, to: item.source, count: count + 1 }
      links.set(key, last)
    }
    before = item.source
  }
  return { links: [...links.values()], last }
}
