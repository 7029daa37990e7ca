/**
 * A source of UUIDs that are the same in each replay of a run: one half is the run's random seed (a UUID), the other
 * half follows from `key` and a count.
 */
export function deterministicIds(seed: string, key: string): () => string {
  const hash = hashOf(key)
  const hex = (value: number, digits: number) =>
    (value >>> 0).toString(16).padStart(digits, '0').slice(-digits)
  // The digits 4 and 8 to b mark these as UUIDs of version 4, which is what they are to every reader.
  const variant = (8 | (hash[1]! & 3)).toString(16)
  const before = `${seed.slice(0, 18)}-${variant}${hex(hash[1]! >>> 2, 3)}-${hex(hash[0]!, 8)}`
  let count = 0
  return () => (count < 0x10000 ? before + hex(count++, 4) : crypto.randomUUID())
}

/** Two numbers of 32 bits from a text; FNV-1a, forwards and from another beginning. */
function hashOf(text: string): [number, number] {
  let one = 0x811c9dc5
  let two = 0x9e3779b9
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    one = Math.imul(one ^ code, 0x01000193)
    two = Math.imul(two ^ code, 0x85ebca6b) ^ (two >>> 13)
  }
  return [one, two]
}
