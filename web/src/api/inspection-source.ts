import type { InspectionEvent } from '../../../src/runtime/inspection/events.ts'
import { apiPath, withToken } from './http.ts'

/** How the stream stands: `stuck` is a run that this version's charts cannot play again. */
export type StreamPhase = 'waiting' | 'live' | 'whole' | 'stuck' | 'offline' | 'refused'

interface InspectionSourceEvents {
  cursor(): number
  events(events: InspectionEvent[]): void
  phase(phase: StreamPhase): void
}

/** Follows what the actors of a run do; hands over at most once per picture. Gives a way to leave. */
export function followInspection(run: number, to: InspectionSourceEvents): () => void {
  let waiting: InspectionEvent[] = []
  let due = false
  let timer: ReturnType<typeof setTimeout> | undefined
  let source: EventSource
  const hand = () => {
    due = false
    const events = waiting
    waiting = []
    if (events.length > 0) to.events(events)
  }
  const end = (phase: StreamPhase) => () => {
    hand()
    source.close()
    to.phase(phase)
  }
  const connect = () => {
    source = new EventSource(withToken(apiPath(`/runs/${run}/inspect?after=${to.cursor()}`)))
    source.onopen = () => to.phase('live')
    source.onmessage = ({ data }) => {
      waiting.push(JSON.parse(data))
      if (due) return
      due = true
      if (document.hidden) setTimeout(hand, 100)
      else requestAnimationFrame(hand)
    }
    source.addEventListener('end', end('whole'))
    source.addEventListener('stuck', end('stuck'))
    source.onerror = () => {
      hand()
      // The browser's own reconnecting would hide that the server is gone.
      const refused = source.readyState === EventSource.CLOSED
      source.close()
      to.phase(refused ? 'refused' : 'offline')
      timer = setTimeout(connect, refused ? 5000 : 1000)
    }
  }
  connect()
  return () => {
    clearTimeout(timer)
    source.close()
  }
}
