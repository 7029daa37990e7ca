/** A refusal of the server, in its words. */
export class Refusal extends Error {
  readonly status: number

  constructor(status: number, detail: unknown) {
    super(wordsOf(detail) || `The server answered with ${status}.`)
    this.status = status
  }
}

const wordsOf = (detail: unknown): string => {
  if (typeof detail === 'string') return detail
  if (!Array.isArray(detail)) return ''
  return detail.map(({ loc, msg }) => `${(loc ?? []).join('.')}: ${msg}`).join('\n')
}

/** The server could not be reached at all. */
export class Unreachable extends Error {
  constructor(cause: unknown) {
    super('The server cannot be reached. Is it running, and are you online?', { cause })
  }
}

const TOKEN = 'troupe.token'

/** What proves who we are, where the server asks for that. */
export const token = {
  get: (): string | null => localStorage.getItem(TOKEN),
  set: (value: string): void => localStorage.setItem(TOKEN, value),
  forget: (): void => localStorage.removeItem(TOKEN)
}

const hearers = new Set<() => void>()

/** Has `heard` called whenever the server does not know who asks. Gives a way to leave. */
export function onUnknown(heard: () => void): () => void {
  hearers.add(heard)
  return () => hearers.delete(heard)
}

/** The server does not know who asks. */
export function tellUnknown(): void {
  for (const heard of hearers) heard()
}

/** The path of a route, wherever the page stands. */
export const apiPath = (path: string): string => `/api${path}`

/** A path that carries the token in its query: sockets and event streams cannot send headers. */
export function withToken(path: string): string {
  const value = token.get()
  return value ? `${path}${path.includes('?') ? '&' : '?'}token=${encodeURIComponent(value)}` : path
}

/** Asks for JSON; gives the whole answer. */
export async function ask<Answer>(path: string, body?: unknown, method?: string): Promise<Answer> {
  const headers: Record<string, string> = {}
  const value = token.get()
  if (value) headers.authorization = `Bearer ${value}`
  if (body !== undefined) headers['content-type'] = 'application/json'
  const answer = await fetch(apiPath(path), {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers,
    ...(body !== undefined && { body: JSON.stringify(body) })
  }).catch((error) => {
    throw new Unreachable(error)
  })
  const given = await answer.json().catch(() => ({}))
  if (answer.status === 401) tellUnknown()
  if (!answer.ok) throw new Refusal(answer.status, given.detail)
  return given as Answer
}

/** Asks for JSON; gives what stands in the envelope. */
export const data = async <Data>(path: string, body?: unknown, method?: string): Promise<Data> =>
  (await ask<{ data: Data }>(path, body, method)).data
