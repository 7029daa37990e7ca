import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useMemo, useRef } from 'react'
import { Button } from 'react-aria-components/Button'
import type { SnapshotEvent } from '../../../src/runtime/inspect-event.ts'
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

/** Scrolls as little as is needed to see a line. */
function show(scroller: HTMLElement | null, index: number): void {
  if (!scroller) return
  const { scrollTop, clientHeight } = scroller
  const top = index * ROW
  if (top < scrollTop) scroller.scrollTop = top
  else if (top + ROW > scrollTop + clientHeight) scroller.scrollTop = top + ROW - clientHeight
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
  // biome-ignore lint/correctness/useExhaustiveDependencies: a longer list is moved too
  useEffect(() => {
    // Whoever walks through the list by keyboard takes the focus along.
    if (scroller.current?.contains(document.activeElement))
      requestAnimationFrame(() => scroller.current?.querySelector<HTMLElement>('[aria-current]')?.focus())
    if (current >= 0) show(scroller.current, current)
  }, [current, version])
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
              <Row timeline={timeline} index={index} root={root} isShown={index === current} seek={seek} />
            </li>
          ))}
        </ol>
      </div>
    </section>
  )
}

interface RowProps {
  timeline: Timeline
  index: number
  root: string
  isShown: boolean
  seek(to: number): void
}

const Row = ({ timeline, index, root, isShown, seek }: RowProps) => {
  const event = timeline.events[timeline.moments[index]! - 1] as SnapshotEvent
  const name = useMemo(() => actorName(event.sessionId, root), [event.sessionId, root])
  return (
    <Button
      className={isShown ? 'event shown' : 'event'}
      aria-current={isShown || undefined}
      excludeFromTabOrder={!isShown}
      onPress={() => seek(index)}
      onKeyDown={({ key, continuePropagation }) => {
        if (key === 'ArrowDown') seek(index + 1)
        else if (key === 'ArrowUp') seek(index - 1)
        else continuePropagation()
      }}
    >
      <span className="event-actor">{name}</span>
      <time>{clockTime(Number(event.createdAt), true)}</time>
      <span className="event-name">{eventWords(eventName(event.event))}</span>
      <span className="event-state">→ {valuePath(event.snapshot.value)}</span>
    </Button>
  )
}

const actorName = (id: string, root: string): string =>
  id === root
    ? 'run'
    : id
        .slice(root.length + 1)
        .replace(/^team\//, '')
        .replaceAll('/team/', ' › ')
        .replaceAll('/', ' › ')
