import type { RequestHead } from '../http/http.ts'

type Wire = [method: string, path: string, search: string, remote: string, headers: [string, string][]]

/** The head of a request as text for another process. */
export const writeHead = ({ method, path, search, remote, headers }: RequestHead): string =>
  JSON.stringify([method, path, search, remote, [...headers]] satisfies Wire)

/** Reads what `writeHead` wrote. */
export function readHead(bytes: Buffer): RequestHead {
  const [method, path, search, remote, headers] = JSON.parse(bytes.toString()) as Wire
  return { method, path, search, remote, query: new URLSearchParams(search), headers: new Map(headers) }
}
