import { useVirtualizer, type Virtualizer } from '@tanstack/react-virtual'
import { memo, useEffect, useRef } from 'react'
import type { SnapshotEvent } from '../../../src/runtime/inspection/events.ts'
import { eventWords } from '../../build/words.ts'
import { clockTime, valuePath } from '../model/describe.ts'
import { eventName, type Timeline } from '../model/timeline.ts'

interface EventLogProps {
  timeline: Timeline
  /** Changes when the timeline grows. */
  version: number
  root: string
  /** The moment that is shown, of those in the timeline; null is now. */
  shown: number | null
  seek(to: number): void
}

/** How high a line is, in pixels; the style sheet has the same. */
const ROW = 42

type List = Virtualizer<HTMLDivElement, Element>

/** Scrolls as little as is needed to see a line. */
function show({ scrollElement, scrollOffset, scrollRect }: List, index: number): void {
  if (!scrollElement || !scrollRect?.height) return
  // To read where it stands from the element would have everything laid out in the middle of a change.
  const top = index * ROW
  if (top < (scrollOffset ?? 0)) scrollElement.scrollTop = top
  else if (top + ROW > (scrollOffset ?? 0) + scrollRect.height)
    scrollElement.scrollTop = top + ROW - scrollRect.height
}

/** Every transition of the run, newest last; each leads to its moment. */
export const EventLog = ({ timeline, version, root, shown, seek }: EventLogProps) => {
  const scroller = useRef<HTMLDivElement>(null)
  const { moments } = timeline
  const list = useVirtualizer({
    count: moments.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 12
  })
  const current = shown ?? moments.length - 1
  // biome-ignore lint/correctness/useExhaustiveDependencies: a longer list is moved too, and one that is seen only now
  useEffect(() => {
    // Whoever walks through the list by keyboard takes the focus along.
    if (scroller.current?.contains(document.activeElement))
      requestAnimationFrame(() => scroller.current?.querySelector<HTMLElement>('[aria-current]')?.focus())
    if (current >= 0) show(list, current)
  }, [current, version, list.scrollRect?.height])
  return (
    <section className="events" aria-label="Event log">
      <h2>Transitions</h2>
      <div className="scroller" ref={scroller}>
        <ol style={{ height: list.getTotalSize() }}>
          {list.getVirtualItems().map(({ index, start }) => (
            <li
              key={index}
              style={{ transform: `translateY(${start}px)` }}
              aria-setsize={moments.length}
              aria-posinset={index + 1}
            >
              <Row
                event={timeline.events[timeline.moments[index]! - 1] as SnapshotEvent}
                {...{ index, root, seek }}
                isShown={index === current}
              />
            </li>
          ))}
        </ol>
      </div>
    </section>
  )
}

interface RowProps {
  event: SnapshotEvent
  index: number
  root: string
  isShown: boolean
  seek(to: number): void
}

// A plain button: hundreds of them pass by while somebody rewinds.
const Row = memo(({ event, index, root, isShown, seek }: RowProps) => (
  <button
    type="button"
    className={isShown ? 'event shown' : 'event'}
    aria-current={isShown || undefined}
    tabIndex={isShown ? 0 : -1}
    onClick={() => seek(index)}
    onKeyDown={(pressed) => {
      const by = { ArrowDown: 1, ArrowUp: -1 }[pressed.key]
      if (by === undefined) return
      pressed.preventDefault()
      seek(index + by)
    }}
  >
    <span className="event-actor">{actorName(event.sessionId, root)}</span>
    <time>{clockTime(Number(event.createdAt), true)}</time>
    <span className="event-name">{eventWords(eventName(event.event))}</span>
    <span className="event-state">{valuePath(event.snapshot.value)}</span>
  </button>
))

const actorName = (id: string, root: string): string =>
  id === root
    ? 'run'
    : id
        .slice(root.length + 1)
        .replace(/^team\//, '')
        .replaceAll('/team/', ' › ')
        .replaceAll('/', ' › ')
