/**
 * UUIDs that are the same when a run is played again: half of them is the run's own random seed, the other half says
 * who wanted an id, and the how many-th it is. `seed` is a UUID.
 */
export function deterministicIds(seed: string, key: string): () => string {
  const hash = hashOf(key)
  const hex = (value: number, digits: number) =>
    (value >>> 0).toString(16).padStart(digits, '0').slice(-digits)
  // The digits 4 and 8 to b say that these are UUIDs of version 4, which is what they are to everybody else.
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
