/** A pattern such as `/api/runs/{run_id}/messages`, cut into its segments. */
export interface PathPattern {
  segments: readonly { name: string; open: boolean }[]
}

/** Reads a pattern; `{name}` stands for one segment that is not empty. */
export const pathPattern = (pattern: string): PathPattern => ({
  segments: pattern.split('/').map((segment) => {
    const open = segment.startsWith('{') && segment.endsWith('}')
    return { name: open ? segment.slice(1, -1) : segment, open }
  })
})

/** The parameters of a path that fits, decoded; undefined where it does not fit. */
export function matchPath({ segments }: PathPattern, path: string): Record<string, string> | undefined {
  const parts = path.split('/')
  if (parts.length !== segments.length) return undefined
  const params: Record<string, string> = {}
  for (const [at, { name, open }] of segments.entries()) {
    const part = parts[at]!
    if (open ? part === '' : part !== name) return undefined
    if (open) params[name] = decode(part)
  }
  return params
}

/** Percent-decodes text from a client; what cannot be decoded stays as it is. */
export function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
