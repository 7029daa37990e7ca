import { createStore } from '@xstate/store'
import type { TeamOutline } from '../../../src/runtime/inspection/team-outline.ts'
import type { PriceList } from '../../../src/runtime/models/prices.ts'
import type { PendingInput, RunStatus } from '../api/types.ts'
import { type Item, itemsAt } from '../model/items.ts'
import { People } from '../model/people.ts'
import type { Moment, Timeline } from '../model/timeline.ts'
import { statusOf } from '../model/words.ts'
import type { InspectionStore } from './inspection-store.ts'
import type { RunStore } from './run-store.ts'

/** A run at the moment that is shown: what all that is drawn is made of. */
export interface Picture {
  /** The run's id, which is that of its first actor. */
  root: string
  timeline: Timeline
  /** Changes when the timeline grows. */
  version: number
  moment: Moment
  /** Whether the moment that is shown is now. */
  isLive: boolean
  /** Which of the moments it is; null is now. */
  shown: number | null
  /** The transcript as it was then. */
  items: readonly Item[]
  /** The whole transcript. */
  allItems: readonly Item[]
  /** The questions that are open now; none where it is not now. */
  pending: readonly PendingInput[]
  /** The status of the run then; null as long as nothing is known. */
  status: RunStatus | null
  /** The status of the run now. */
  statusNow: RunStatus | null
  /** Whether all that the run's actors did is known, or cannot be known. */
  isWhole: boolean
  /** What the team is to do, as a text; empty as long as it is not known. */
  task: string
  outline: TeamOutline | null
  prices: PriceList | null
  people: People
}

const none: readonly never[] = []

const sameList = <Thing>(one: readonly Thing[], other: readonly Thing[]): boolean =>
  one.length === other.length && one.every((thing, at) => thing === other[at])

/** Keeps the picture of a run up to date as its frames and its inspection stream come. */
export function createPictureStore(id: number, run: RunStore, inspection: InspectionStore) {
  const draw = (before: Picture | null, more: Partial<Picture> = {}): Picture => {
    const frames = run.getSnapshot().context
    const seen = inspection.getSnapshot().context
    const { timeline, version, moment, shown, phase } = seen
    const isLive = shown === null
    const items = isLive ? frames.items : itemsAt(frames.items, timeline.saidAt, moment.position)
    return {
      ...{
        root: String(id),
        task: '',
        outline: null,
        prices: null,
        people: new People(null),
        ...before,
        ...more
      },
      ...{
        timeline,
        version,
        moment,
        isLive,
        shown,
        allItems: frames.items,
        statusNow: frames.status,
        isWhole: phase === 'whole' || phase === 'stuck'
      },
      items: before && sameList(before.items, items) ? before.items : items,
      pending: isLive ? frames.pending : none,
      status: isLive ? frames.status : statusOf(moment.actors.get(String(id))?.value)
    }
  }
  const store = createStore({
    context: draw(null),
    on: {
      changed: (before) => draw(before),
      outline: (before, { outline }: { outline: TeamOutline | null }) =>
        draw(before, { outline, people: new People(outline) }),
      task: (before, { task }: { task: string }) => draw(before, { task }),
      prices: (before, { prices }: { prices: PriceList }) => draw(before, { prices })
    }
  })
  const changed = () => store.trigger.changed()
  const subscriptions = [run.subscribe(changed), inspection.subscribe(changed)]
  const close = () => {
    for (const { unsubscribe } of subscriptions) unsubscribe()
  }
  return { store, close }
}

export type PictureStore = ReturnType<typeof createPictureStore>['store']
