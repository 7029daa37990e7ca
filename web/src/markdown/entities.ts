let area: HTMLTextAreaElement | undefined

/** A text with its character references written out: `&amp;` is &. */
export function decoded(text: string): string {
  if (!text.includes('&')) return text
  area ??= document.createElement('textarea')
  // What stands in a text area is text only.
  area.innerHTML = text
  return area.value
}
