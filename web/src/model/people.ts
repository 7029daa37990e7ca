/** A hue for each speaker, always the same one for the same name. */
export function hueOf(name: string): number {
  let hash = 7
  for (const letter of name) hash = (hash * 31 + letter.codePointAt(0)!) % 997
  return Math.round((hash * 137.5) % 360)
}

/** One or two letters for a name: `user_proxy` is UP. */
export function initials(name: string): string {
  const words = name.split(/[_\s-]+/).filter(Boolean)
  const letters = words.length > 1 ? words[0]![0]! + words[1]![0]! : name.slice(0, 2)
  return letters.toUpperCase()
}
