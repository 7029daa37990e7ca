import { useVirtualizer, type Virtualizer } from '@tanstack/react-virtual'
import { memo, useEffect, useMemo, useRef } from 'react'
import { type LogLine, logLines } from '../model/causes.ts'
import { clockTime } from '../model/format.ts'
import type { Timeline } from '../model/timeline.ts'
import { useCalmPicture } from '../state/picture.ts'
import { useSession } from '../state/session.ts'
import { Empty } from '../ui/empty.tsx'
import { Term } from '../ui/term.tsx'

/** How high a line is, in pixels; the style sheet has the same. */
const ROW = 30

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

/** The lines of a timeline, made once: they are only added to. */
const made = new WeakMap<Timeline, LogLine[]>()

function linesOf(timeline: Timeline): readonly LogLine[] {
  const lines = made.get(timeline) ?? []
  const from = lines.length === 0 ? 0 : lines.at(-1)!.moment + 1
  const all = from < timeline.moments.length ? [...lines, ...logLines(timeline, from)] : lines
  made.set(timeline, all)
  return all
}

/** All that happened, newest last: each turn, what began each moment, and what followed from it. */
export const LogView = () => {
  const { inspection } = useSession()
  const scroller = useRef<HTMLDivElement>(null)
  const { timeline, version, shown } = useCalmPicture(
    ({ timeline, version, shown }) => ({ timeline, version, shown }),
    (one, other) => one.version === other.version && one.shown === other.shown
  )
  // biome-ignore lint/correctness/useExhaustiveDependencies: the timeline itself only grows
  const lines = useMemo(() => linesOf(timeline), [timeline, version])
  const list = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 6
  })
  const moment = shown ?? timeline.moments.length - 1
  const current = useMemo(() => lastOf(lines, moment), [lines, moment])
  // biome-ignore lint/correctness/useExhaustiveDependencies: a longer list is moved too, and one that is seen only now
  useEffect(() => {
    if (current >= 0) show(list, current)
  }, [current, lines, list.scrollRect?.height])
  const last = timeline.moments.length - 1
  const go = (to: number) => {
    inspection.trigger.seek({ to: to >= last ? null : Math.max(0, to) })
    // The focus follows the arrow keys through the list.
    requestAnimationFrame(() => scroller.current?.querySelector<HTMLElement>('[aria-current]')?.focus())
  }
  return (
    <section className="log-view" aria-label="Event log">
      <header className="picture-head">
        <h2>Log</h2>
        <span className="rule">What began each moment, and what followed from it</span>
        <span className="space" />
        <Term name="moment">What is a moment?</Term>
      </header>
      {lines.length === 0 && (
        <Empty>A line for all that happens appears here, as soon as the run begins.</Empty>
      )}
      <div className="scroller" ref={scroller}>
        <ol style={{ height: list.getTotalSize() }}>
          {list.getVirtualItems().map(({ index, start }) => (
            <li
              key={index}
              style={{ transform: `translateY(${start}px)` }}
              aria-setsize={lines.length}
              aria-posinset={index + 1}
            >
              <Row
                line={lines[index]!}
                go={go}
                isShown={lines[index]!.moment === moment}
                isCurrent={index === current}
              />
            </li>
          ))}
        </ol>
      </div>
    </section>
  )
}

/** The last line of a moment. */
function lastOf(lines: readonly LogLine[], moment: number): number {
  let [low, high] = [0, lines.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (lines[middle]!.moment <= moment) low = middle + 1
    else high = middle
  }
  return low - 1
}

interface RowProps {
  line: LogLine
  /** Whether it is of the moment that is shown, and whether it is the last one of it. */
  isShown: boolean
  isCurrent: boolean
  /** To a moment. */
  go(moment: number): void
}

// A plain button: hundreds of them pass by while the slider is moved.
const Row = memo(
  ({ line: { moment, label, text, technical, at, depth, turn }, isShown, isCurrent, go }: RowProps) => (
    <button
      type="button"
      className={`log-line depth-${depth}${isShown ? ' shown' : ''}`}
      aria-current={isCurrent || undefined}
      tabIndex={isCurrent ? 0 : -1}
      title={technical}
      onClick={() => go(moment)}
      onKeyDown={(pressed) => {
        const by = { ArrowDown: 1, ArrowUp: -1 }[pressed.key]
        if (by === undefined) return
        pressed.preventDefault()
        go(moment + by)
      }}
    >
      <span className="event-turn">{turn === null ? '' : `turn ${turn}`}</span>
      <span className="event-actor">
        <bdi>{label}</bdi>
      </span>
      <span className="event-text">{text}</span>
      <time>{clockTime(at, true)}</time>
    </button>
  ),
  (one, other) =>
    one.line === other.line && one.isShown === other.isShown && one.isCurrent === other.isCurrent
)
