/** The arguments of a call as an object; a text that is none stands under the key `text`, as in AutoGen. */
export function argumentsOf(text: string): Record<string, unknown> {
  if (!text.trim()) return {}
  try {
    const args = JSON.parse(text)
    if (typeof args === 'object' && args !== null && !Array.isArray(args)) return args
  } catch {}
  return { text }
}
