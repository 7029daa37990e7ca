import { createContext, useContext } from 'react'
import type { TeamOutline } from '../../../src/runtime/inspection/team-outline.ts'
import { data } from '../api/http.ts'
import { followInspection } from '../api/inspection-source.ts'
import { RunSocket } from '../api/run-socket.ts'
import { createInspectionStore, type InspectionStore } from './inspection-store.ts'
import { createRunStore, type RunStore } from './run-store.ts'

/** One run that the page looks at: its frames, its charts, and a way to steer it. */
export interface Session {
  id: number
  run: RunStore
  inspection: InspectionStore
  send(frame: unknown): void
  /** Who the team is made of; null before the run begins. */
  outline(): Promise<TeamOutline | null>
  close(): void
}

/** What a run that was just made is to be started with, until its socket is there. */
const starts = new Map<number, unknown>()

/** Has a run that was made started as soon as its page is open. */
export const startLater = (run: number, frame: unknown): void => void starts.set(run, frame)

/** Begins to look at a run. */
export function openSession(id: number): Session {
  const run = createRunStore(id)
  const inspection = createInspectionStore()
  const socket = new RunSocket(id, {
    cursor: () => run.getSnapshot().context.seq,
    frames: (frames) => run.trigger.frames({ frames }),
    line(line, retryAt) {
      run.trigger.line({ line, retryAt })
      if (line !== 'open' || !starts.has(id)) return
      socket.send(starts.get(id))
      starts.delete(id)
    }
  })
  const leave = followInspection(id, {
    cursor: () => inspection.getSnapshot().context.timeline.events.length,
    events: (events) => inspection.trigger.events({ events }),
    phase: (phase) => inspection.trigger.phase({ phase })
  })
  return {
    ...{ id, run, inspection },
    send(frame) {
      if (!socket.send(frame))
        run.trigger.problem({ problem: 'There is no line to the server at the moment.' })
    },
    outline: async () => (await data<{ team: TeamOutline | null }>(`/runs/${id}/snapshot?at=0`)).team,
    close() {
      socket.close()
      leave()
    }
  }
}

/** The run whose page is open. */
export const SessionContext = createContext<Session | null>(null)

export const useSession = (): Session => useContext(SessionContext)!
