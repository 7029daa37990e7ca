/** What may be shown of a value: plain JSON, short, with no secret in it. */
export type Redact = (value: unknown) => unknown

const LONGEST = 240
const MOST = 16
const DEEPEST = 6
const HIDDEN = '•••'

// `prompt_tokens` is a count; `token`, `access_token` and `x-api-key` are not.
const isSecret = (key: string): boolean =>
  /(^|[_-])(api[_-]?key|apikey|secret|password|authorization|token|credentials?|cookie)$/i.test(key) ||
  /^(default_)?headers$/i.test(key)

/** Hides secrets wherever they stand in a text. */
export const hider =
  (secrets: readonly string[]) =>
  (text: string): string =>
    secrets.reduce((shown, secret) => shown.replaceAll(secret, HIDDEN), text)

/** Trims values for those who watch a run; `secrets` are hidden wherever they stand in a text. */
export function redactor(secrets: readonly string[] = []): Redact {
  const hide = hider(secrets)
  const clean = (text: string): string => {
    const shown = hide(text.length > 4 * LONGEST ? text.slice(0, 4 * LONGEST) : text)
    return shown.length > LONGEST || shown.length < text.length ? `${shown.slice(0, LONGEST)}…` : shown
  }
  const trim = (value: unknown, depth: number): unknown => {
    if (typeof value === 'string') return clean(value)
    if (typeof value === 'bigint') return String(value)
    if (typeof value === 'function' || typeof value === 'symbol' || value === undefined) return undefined
    if (typeof value !== 'object' || value === null) return value
    if (value instanceof Error) return { name: value.name, message: clean(value.message) }
    if (depth >= DEEPEST) return '…'
    if (Array.isArray(value)) return list(value, depth)
    return Object.fromEntries(fields(value, depth))
  }
  const list = (values: readonly unknown[], depth: number): unknown[] => {
    const shown = values.slice(0, MOST).map((one) => trim(one, depth + 1) ?? null)
    return values.length > MOST ? [...shown, `… ${values.length - MOST} more`] : shown
  }
  const fields = (value: object, depth: number): [string, unknown][] =>
    Object.entries(value)
      .slice(0, 4 * MOST)
      .map(([key, one]): [string, unknown] => [
        key,
        isSecret(key) && one !== null && one !== '' ? HIDDEN : trim(one, depth + 1)
      ])
      .filter(([, one]) => one !== undefined)
  return (value) => trim(value, 0)
}

/** The secrets that stand in a config, so that they can be hidden elsewhere too. */
export function secretsIn(config: unknown, found: string[] = [], secret = false): string[] {
  // Hiding a short word would garble every text.
  if (typeof config === 'string') return secret && config.length >= 8 ? [...found, config] : found
  if (typeof config !== 'object' || config === null) return found
  return Object.entries(config).reduce(
    (all, [key, value]) => secretsIn(value, all, secret || (!Array.isArray(config) && isSecret(key))),
    found
  )
}
