import type { InspectedRun } from '../../runtime/inspection/inspected-run.ts'
import type { Sink, SinkEvents } from '../http/http.ts'

/** About how many characters go out at a time. */
const PORTION = 64_000

/** Sends a run's inspection events above a position, and then what comes; a slow client gets them at its pace. */
export function inspectionStream(run: InspectedRun, after: number, sink: Sink): SinkEvents {
  let told = after
  let full = false
  let left = false
  const portion = (): string => {
    let text = ''
    while (told < run.events.length && text.length < PORTION) {
      const event = run.events[told++]!
      text += `id: ${told}\ndata: ${JSON.stringify(event)}\n\n`
    }
    return text
  }
  const tell = (): void => {
    if (left) return
    while (!full && told < run.events.length) full = sink.send(portion()) !== 'sent'
    if (full || !(run.isWhole || run.isStuck)) return
    sink.send(`event: ${run.isStuck ? 'stuck' : 'end'}\ndata: {}\n\n`)
    leave()
    sink.close()
  }
  const leaveRun = run.watch(tell)
  const leave = (): void => {
    left = true
    leaveRun()
  }
  sink.send(': what the actors of this run do\n\n')
  tell()
  return {
    onDrain() {
      full = false
      tell()
    },
    onClose: leave
  }
}
