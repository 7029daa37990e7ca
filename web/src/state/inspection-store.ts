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
  /** The moment that is shown, of those of the timeline; null is now. */
  shown: number | null
  /** A position of which the moment is to be shown as soon as it is there. */
  wanted: number | null
  moment: Moment
}

const momentAt = (timeline: Timeline, shown: number | null): Moment =>
  shown === null ? timeline.now : timeline.at(timeline.moments[shown] ?? 0)

/** Shows a moment; what is shown from now on goes no further by itself. */
function show(context: InspectionContext, to: number | null): InspectionContext {
  const { timeline } = context
  const last = timeline.moments.length - 1
  const shown = to === null || last < 0 ? null : Math.max(0, Math.min(to, last))
  return { ...context, shown, wanted: null, moment: momentAt(timeline, shown) }
}

/** Shows what was asked for in the address, where it has come by now. */
function reach(context: InspectionContext): InspectionContext {
  const { wanted, timeline, phase } = context
  if (wanted === null || timeline.moments.length === 0) return context
  const isThere = (timeline.moments.at(-1) ?? 0) >= wanted
  if (!isThere && phase !== 'whole') return context
  return show(context, timeline.momentOf(wanted))
}

/** Keeps a run's inspection stream. */
export const createInspectionStore = (wanted: number | null = null) => {
  const timeline = new Timeline()
  return createStore({
    context: {
      ...{ timeline, version: 0, phase: 'waiting', shown: null, wanted },
      moment: timeline.now
    } as InspectionContext,
    on: {
      events: (context, { events }: { events: readonly InspectionEvent[] }) => {
        timeline.add(events)
        const moment = context.shown === null ? timeline.now : context.moment
        return reach({ ...context, version: context.version + 1, moment })
      },
      phase: (context, { phase }: { phase: StreamPhase }) => reach({ ...context, phase }),
      /** To a moment, of those of the timeline; null is now. */
      seek: (context, { to }: { to: number | null }) => show(context, to),
      /** To the moment at which the stream had come to a position; null is now. */
      seekPosition: (context, { position }: { position: number | null }) =>
        position === null ? show(context, null) : reach({ ...context, wanted: position }),
      /** By so many moments; at the last one it is now again. */
      step: (context, { by }: { by: number }) => {
        const last = timeline.moments.length - 1
        const to = Math.max(0, (context.shown ?? last) + by)
        return show(context, to >= last ? null : to)
      }
    }
  })
}

export type InspectionStore = ReturnType<typeof createInspectionStore>
