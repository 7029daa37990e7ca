import type { Frame } from './run-client.ts'

/** Asks for JSON, refused or not. */
export async function call(
  url: string,
  method: string,
  path: string,
  body?: unknown
): Promise<{ status: number; body: Frame }> {
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(`${url}/api${path}`, {
    method,
    ...(body !== undefined && { headers, body: JSON.stringify(body) })
  })
  const text = await answer.text()
  return { status: answer.status, body: text === '' ? {} : JSON.parse(text) }
}

/** Steers a run; gives what the answer is about, refused or not. */
export async function steer(url: string, run: number, verb: string, fields: Frame = {}): Promise<Frame> {
  const { status, body } = await call(url, 'POST', `/runs/${run}/${verb}`, fields)
  return status === 200 ? body.data : { refused: status, code: body.code, detail: body.detail }
}

/** Reads what stands at a path below a run. */
export const look = async (url: string, run: number, path: string): Promise<Frame> =>
  (await call(url, 'GET', `/runs/${run}/${path}`)).body.data

/** Reads server-sent events until the stream ends, or until `enough` says so. */
export async function listen(
  url: string,
  path: string,
  { lastId, enough = () => false }: { lastId?: number; enough?: (events: Frame[]) => boolean } = {}
): Promise<{ status: number; events: Frame[]; ids: (string | null)[] }> {
  const leave = new AbortController()
  const headers: Record<string, string> = { accept: 'text/event-stream' }
  if (lastId !== undefined) headers['last-event-id'] = String(lastId)
  const answer = await fetch(`${url}/api${path}`, { headers, signal: leave.signal })
  const [events, ids]: [Frame[], (string | null)[]] = [[], []]
  let text = ''
  const decoder = new TextDecoder()
  for await (const bytes of answer.status === 200 ? answer.body! : []) {
    text += decoder.decode(bytes, { stream: true })
    const blocks = text.split('\n\n')
    text = blocks.pop()!
    for (const block of blocks.filter((block) => !block.startsWith(':'))) {
      ids.push(/^id: (\d+)$/m.exec(block)?.[1] ?? null)
      events.push(JSON.parse(block.slice(block.indexOf('data: ') + 6)))
    }
    if (enough(events)) break
  }
  leave.abort()
  return { status: answer.status, events, ids }
}
