import { useEffect, useRef } from 'react'
import { oneLine } from '../model/format.ts'
import { notifies } from '../state/notifications.ts'
import { usePicture } from '../state/picture.ts'
import { useSession } from '../state/session.ts'

const marks: Readonly<Record<string, string>> = {
  active: '▶',
  awaiting_input: '●',
  paused: '⏸',
  complete: '✓',
  error: '✕',
  stopped: '■'
}

/** Says in the title of the tab how the run stands, and calls a person who looks elsewhere when one is needed. */
export function useAttention(): void {
  const { id } = useSession()
  const status = usePicture(({ statusNow }) => statusNow)
  const asked = usePicture(
    ({ pending, isLive }) => (isLive ? pending : []),
    (one, other) =>
      one.map((question) => question.request_id).join() ===
      other.map((question) => question.request_id).join()
  )
  const first = asked[0]
  useEffect(() => {
    const mark = marks[status ?? ''] ?? ''
    const what = first ? `${first.source} asks you` : `Run ${id}`
    document.title = `${mark} ${what} · ${first ? `Run ${id} · ` : ''}Troupe`.trim()
  }, [id, status, first])
  const called = useRef(new Set<string>())
  useEffect(() => {
    for (const { request_id, source, prompt } of asked) {
      if (called.current.has(request_id)) continue
      called.current.add(request_id)
      if (document.hidden) notifies.call(`${source} asks you`, oneLine(prompt, 200), `troupe-run-${id}`)
    }
  }, [id, asked])
}
