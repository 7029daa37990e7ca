import { createContext, useContext } from 'react'
import type { TeamOutline } from '../../../src/runtime/inspection/team-outline.ts'
import { data } from '../api/http.ts'
import { followInspection } from '../api/inspection-source.ts'
import { RunSocket } from '../api/run-socket.ts'
import type { RunView } from './address.ts'
import { type CalmStore, createCalmStore } from './calm-store.ts'
import { createInspectionStore, type InspectionStore } from './inspection-store.ts'
import { createPictureStore, type PictureStore } from './picture-store.ts'
import { createRunStore, type RunStore } from './run-store.ts'
import { createViewStore, type ViewStore } from './view-store.ts'

/** One run that the page looks at: its frames, its charts, how it is looked at, and a way to steer it. */
export interface Session {
  id: number
  run: RunStore
  inspection: InspectionStore
  view: ViewStore
  /** The run at the moment that is shown. */
  picture: PictureStore
  /** The same, not with every frame. */
  calm: CalmStore
  /** Sends a frame; false where there is no line to the server. */
  send(frame: unknown): boolean
  /** Reads who the team is made of, which is known as soon as the run has begun. */
  readOutline(): Promise<void>
  close(): void
}

/** Begins to look at a run. */
export function openSession(id: number, address: RunView): Session {
  const run = createRunStore(id)
  const inspection = createInspectionStore(address.at)
  const view = createViewStore(address)
  const socket = new RunSocket(id, {
    cursor: () => run.getSnapshot().context.seq,
    frames: (frames) => run.trigger.frames({ frames }),
    line: (line, retryAt) => run.trigger.line({ line, retryAt })
  })
  const leave = followInspection(id, {
    cursor: () => inspection.getSnapshot().context.timeline.events.length,
    events: (events) => inspection.trigger.events({ events }),
    phase: (phase) => inspection.trigger.phase({ phase })
  })
  const picture = createPictureStore(id, run, inspection)
  const calm = createCalmStore(picture.store)
  return {
    ...{ id, run, inspection, view, picture: picture.store, calm: calm.store },
    send: (frame) => socket.send(frame),
    async readOutline() {
      const { team } = await data<{ team: TeamOutline | null }>(`/runs/${id}/snapshot?at=0`)
      if (team) picture.store.trigger.outline({ outline: team })
    },
    close() {
      calm.close()
      picture.close()
      socket.close()
      leave()
    }
  }
}

/** The run whose page is open. */
export const SessionContext = createContext<Session | null>(null)

export const useSession = (): Session => useContext(SessionContext)!
