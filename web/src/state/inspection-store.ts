import { createStore } from '@xstate/store'
import type { InspectionEvent } from '../../../src/runtime/inspection/events.ts'
import type { StreamPhase } from '../api/inspection-source.ts'
import { type Moment, Timeline } from '../model/timeline.ts'

/** What the page knows of a run's actors, and which moment it shows. */
export interface InspectionContext {
  timeline: Timeline
  /** Counts what was added: the timeline itself only grows. */
  version: number
  phase: StreamPhase
  /** The moment that is shown, of those at which a chart has moved; null is now. */
  shown: number | null
  moment: Moment
}

const momentAt = (timeline: Timeline, shown: number | null): Moment =>
  shown === null ? timeline.now : timeline.at(timeline.moments[shown] ?? 0)

/** Keeps a run's inspection stream. */
export const createInspectionStore = () => {
  const timeline = new Timeline()
  return createStore({
    context: {
      timeline,
      version: 0,
      phase: 'waiting',
      shown: null,
      moment: timeline.now
    } as InspectionContext,
    on: {
      events: (context, { events }: { events: readonly InspectionEvent[] }) => {
        timeline.add(events)
        const moment = context.shown === null ? timeline.now : context.moment
        return { ...context, version: context.version + 1, moment }
      },
      phase: (context, { phase }: { phase: StreamPhase }) => ({ ...context, phase }),
      seek: (context, { to }: { to: number | null }) => {
        const last = timeline.moments.length - 1
        const shown = to === null ? null : Math.max(0, Math.min(to, last))
        return { ...context, shown, moment: momentAt(timeline, shown) }
      },
      /** By so many transitions; at the last one it is now again. */
      step: (context, { by }: { by: number }) => {
        const last = timeline.moments.length - 1
        const to = Math.max(0, (context.shown ?? last) + by)
        const shown = to >= last ? null : to
        return { ...context, shown, moment: momentAt(timeline, shown) }
      }
    }
  })
}

export type InspectionStore = ReturnType<typeof createInspectionStore>
