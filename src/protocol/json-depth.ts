/** The deepest nesting that a frame or a body may have. */
const DEEPEST = 500

/** Whether JSON is nested too deeply: `JSON.parse` reads any depth, but what writes it again would overflow the stack. */
export const isTooDeep = (value: unknown): boolean => isDeeper(value, DEEPEST)

function isDeeper(value: unknown, left: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (left === 0) return true
  // Long lists are gone through as they are: their keys would be texts.
  if (Array.isArray(value)) return value.some((item) => isDeeper(item, left - 1))
  for (const key in value) if (isDeeper((value as Record<string, unknown>)[key], left - 1)) return true
  return false
}
