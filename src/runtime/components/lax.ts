import type { z } from 'zod'
import { numberOf, truthOf } from '../../machines/component/lax.ts'
import { leaves } from '../../protocol/errors.ts'

/**
 * Reads a config as pydantic does: where a number or a truth value is wanted, the text `"3"` or `"false"` is one.
 * Configs that fit as they are cost nothing more.
 */
export function laxly<T>(schema: z.ZodType<T>, config: unknown): z.ZodSafeParseResult<T> {
  const first = schema.safeParse(config)
  if (first.success) return first
  let changed = config
  for (const issue of leaves(first.error.issues)) {
    const wanted = wantedIn(issue)
    const value = wanted && read(wanted, at(config, issue.path))
    if (value !== undefined) changed = withAt(changed, issue.path, value)
  }
  return changed === config ? first : schema.safeParse(changed)
}

type Wanted = 'integer' | 'number' | 'boolean'

function wantedIn(issue: z.core.$ZodIssue): Wanted | undefined {
  if (issue.code !== 'invalid_type') return undefined
  const expected: string = issue.expected
  if (expected === 'int') return 'integer'
  return expected === 'number' || expected === 'boolean' ? expected : undefined
}

const read = (wanted: Wanted, value: unknown) =>
  wanted === 'boolean' ? truthOf(value) : (numberOf(value, wanted) ?? undefined)

const at = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>((inside, key) => (inside as Record<PropertyKey, unknown> | undefined)?.[key], value)

/** A copy with another value in one place. */
function withAt(value: unknown, [key, ...rest]: readonly PropertyKey[], put: unknown): unknown {
  if (key === undefined) return put
  const copy: Record<PropertyKey, unknown> = Array.isArray(value)
    ? ([...value] as unknown as Record<PropertyKey, unknown>)
    : { ...(value as object) }
  copy[key] = withAt(copy[key], rest, put)
  return copy
}
