// What pydantic takes for a number or a truth value, in configs and in arguments of tools.

const WHOLE = /^[+-]?\d+(\.0*)?$/
const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i

/** The number that a text or a truth value stands for; undefined where it stands for none. */
export function numberOf(value: unknown, type: 'integer' | 'number'): number | undefined {
  if (typeof value === 'boolean') return Number(value)
  if (typeof value !== 'string') return undefined
  const text = value.trim()
  return (type === 'integer' ? WHOLE : NUMBER).test(text) ? Number(text) : undefined
}

/** The truth value that a text or a number stands for; undefined where it stands for none. */
export const truthOf = (value: unknown): boolean | undefined =>
  typeof value === 'string' || typeof value === 'number'
    ? truths.get(String(value).trim().toLowerCase())
    : undefined

const truths = new Map([
  ...['true', 't', 'yes', 'y', 'on', '1'].map((word) => [word, true] as const),
  ...['false', 'f', 'no', 'n', 'off', '0'].map((word) => [word, false] as const)
])
