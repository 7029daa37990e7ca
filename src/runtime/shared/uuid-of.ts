import { createHash } from 'node:crypto'

/** A UUID that follows from a text: the same text gives the same one. It looks as a random one does. */
export function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex')
  const groups = [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`]
  return [...groups, hex.slice(20, 32)].join('-')
}
