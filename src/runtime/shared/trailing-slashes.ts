/** An address or a path without the slashes at its end, however many there are. */
export function withoutTrailingSlashes(text: string): string {
  let end = text.length
  while (text.charCodeAt(end - 1) === SLASH) end--
  return text.slice(0, end)
}

const SLASH = 0x2f
