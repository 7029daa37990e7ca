import type { RequestHead } from './http.ts'

/** Tells the ids of this process from those of others. */
const process = crypto.randomUUID().slice(0, 8)
let count = 0

/** The id under which a request is logged: the one that its client or a proxy has given it, else a new one. */
export function requestId(headers: RequestHead['headers']): string {
  const given = headers.get('x-request-id')
  return given !== undefined && isPlain(given) ? given : `${process}-${(++count).toString(36)}`
}

const isPlain = (id: string): boolean => /^[\w.:-]{1,64}$/.test(id)
