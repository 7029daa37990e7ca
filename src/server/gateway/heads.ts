import type { RequestHead } from '../http/http.ts'
import { requestId } from '../http/request-id.ts'

type Wire = [method: string, path: string, search: string, remote: string, headers: [string, string][]]

/** The head of a request as text for another process. */
export const writeHead = ({ method, path, search, remote, headers }: RequestHead): string =>
  JSON.stringify([method, path, search, remote, [...headers]] satisfies Wire)

/** Reads what `writeHead` wrote. */
export function readHead(bytes: Buffer): RequestHead {
  const [method, path, search, remote, list] = JSON.parse(bytes.toString()) as Wire
  const headers = new Map(list)
  const id = requestId(headers)
  return { id, method, path, search, remote, query: new URLSearchParams(search), headers }
}
