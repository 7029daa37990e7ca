import type { InspectionEvent } from '../../src/runtime/inspection/events.ts'

/** Reads a run's inspection events until its end, or until `enough` says so. */
export async function readInspection(
  url: string,
  run: number,
  after = 0,
  enough: (events: InspectionEvent[]) => boolean = () => false
): Promise<{ events: InspectionEvent[]; end: string | null }> {
  const leave = new AbortController()
  const answer = await fetch(`${url}/api/runs/${run}/inspect?after=${after}`, { signal: leave.signal })
  if (!answer.ok) throw new Error(`Answered with ${answer.status}: ${await answer.text()}`)
  const events: InspectionEvent[] = []
  if (answer.status === 204) return { events, end: 'nothing' }
  let text = ''
  const decoder = new TextDecoder()
  for await (const bytes of answer.body!) {
    text += decoder.decode(bytes, { stream: true })
    const blocks = text.split('\n\n')
    text = blocks.pop()!
    for (const block of blocks) {
      const fields = new Map(block.split('\n').map((line) => line.split(': ', 2) as [string, string]))
      const data = block.slice(block.indexOf('data: ') + 6)
      if (fields.has('event')) return { events, end: fields.get('event')! }
      if (fields.has('id')) events.push(JSON.parse(data))
    }
    if (enough(events)) break
  }
  leave.abort()
  return { events, end: null }
}
