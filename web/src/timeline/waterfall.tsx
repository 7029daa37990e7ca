import { useEffect, useMemo, useRef, useState } from 'react'
import { ToggleButton } from 'react-aria-components/ToggleButton'
import { ToggleButtonGroup } from 'react-aria-components/ToggleButtonGroup'
import { activityWords } from '../model/activities.ts'
import { duration } from '../model/format.ts'
import type { Lane } from '../model/lanes.ts'
import type { Activity } from '../model/states.ts'
import { useNow } from '../state/clock.ts'
import { usePicture } from '../state/picture.ts'
import { useSession } from '../state/session.ts'
import { Button } from '../ui/button.tsx'
import { Empty } from '../ui/empty.tsx'
import { Term } from '../ui/term.tsx'
import { useSize } from '../ui/use-size.ts'
import { BarHint } from './bar-hint.tsx'
import { LaneRow } from './lane-row.tsx'
import { MomentSlider } from './moment-slider.tsx'
import { momentNear, type Scale, type ScaleMode, scaleOf } from './scale.ts'
import { barNear, type PlacedBar, placed } from './shapes.ts'

/** How wide the names are, in pixels; the style sheet has the same. */
const NAMES = 168
/** How far a run that goes on goes on beyond its last moment, in pixels at most. */
const TAIL = 28
const MOST_ZOOM = 64
/** With more lanes than this those of inner teams are folded at first. */
const MANY = 24

const shown: readonly Activity[] = ['model', 'tools', 'person', 'memory', 'work', 'paused']

/** What everybody did and when, in lanes; it is the slider with which the run is rewound. */
export const Waterfall = () => {
  const [mode, setMode] = useState<ScaleMode>('time')
  const [zoom, setZoom] = useState(1)
  const frame = useRef<HTMLDivElement>(null)
  const { width } = useSize(frame, { width: 780, height: 0 })
  const { timeline, version } = usePicture(
    ({ timeline, version }) => ({ timeline, version }),
    (one, other) => one.version === other.version
  )
  // biome-ignore lint/correctness/useExhaustiveDependencies: the timeline itself only grows
  const scale = useMemo(() => scaleOf(timeline, mode), [timeline, version, mode])
  const tail = useTail()
  const track = Math.max(60, (width - NAMES - 24) * zoom - tail)
  const pixels = track / scale.total
  const rows = useRows(pixels, scale, tail)
  useKeepInView(frame, scale, pixels, zoom)
  useWheelZoom(frame, setZoom)
  if (timeline.moments.length === 0)
    return (
      <Empty>A lane for each member, with what it did and when, is drawn as soon as the run begins.</Empty>
    )
  return (
    <section className="waterfall-view" aria-label="Timeline">
      <header className="picture-head">
        <div className="head-group">
          <Mode mode={mode} set={setMode} />
          <Zoom zoom={zoom} set={setZoom} />
        </div>
        <Legend />
        <span className="space" />
        <Term name="moment">What is a moment?</Term>
      </header>
      <div className="waterfall" ref={frame} style={{ '--names': `${NAMES}px` } as React.CSSProperties}>
        <Tracks {...{ rows, scale, pixels }} width={track + tail} />
      </div>
    </section>
  )
}

interface Row {
  lane: Lane
  bars: PlacedBar[]
  /** Whether lanes of an inner team belong to it. */
  hasInner: boolean
  isFolded: boolean
  fold(): void
}

/** The lanes that are drawn, with their bars where they stand. */
function useRows(pixels: number, scale: Scale, tail: number): Row[] {
  const [folds, setFolds] = useState<ReadonlyMap<string, boolean>>(new Map())
  const { timeline, version } = usePicture(
    ({ timeline, version }) => ({ timeline, version }),
    (one, other) => one.version === other.version
  )
  // biome-ignore lint/correctness/useExhaustiveDependencies: the timeline itself only grows
  return useMemo(() => {
    const all = timeline.lanes.list()
    const isFolded = (actor: string) => folds.get(actor) ?? all.length > MANY
    const isHidden = ({ actor }: Lane) =>
      all.some((other) => actor.startsWith(`${other.actor}/`) && isFolded(other.actor))
    return all
      .filter((lane) => !isHidden(lane))
      .map((lane) => ({
        lane,
        bars: placed(lane, timeline, scale, pixels, tail),
        hasInner: all.some(({ actor }) => actor.startsWith(`${lane.actor}/`)),
        isFolded: isFolded(lane.actor),
        fold: () => setFolds(new Map(folds).set(lane.actor, !isFolded(lane.actor)))
      }))
  }, [timeline, version, folds, scale, pixels, tail])
}

interface TracksProps {
  rows: readonly Row[]
  scale: Scale
  /** Pixels for each unit of the scale. */
  pixels: number
  width: number
}

const Tracks = ({ rows, scale, pixels, width }: TracksProps) => {
  const { inspection, view } = useSession()
  const area = useRef<HTMLDivElement>(null)
  const [hint, setHint] = useState<{ placed: PlacedBar; x: number; y: number } | null>(null)
  const drag = useRef<{ x: number; moved: boolean } | null>(null)
  const { count, current } = useCurrent()
  const placeOf = (event: React.PointerEvent) =>
    event.clientX - area.current!.getBoundingClientRect().left - NAMES
  const rowOf = (event: React.PointerEvent) =>
    rows.find(
      ({ lane }) => (event.target as Element).closest('[data-lane]')?.getAttribute('data-lane') === lane.actor
    )
  const seek = (x: number) => {
    const to = momentNear(scale, x / pixels)
    inspection.trigger.seek({ to: to >= count - 1 ? null : to })
  }
  const down = (event: React.PointerEvent) => {
    if (event.button !== 0 || placeOf(event) < 0 || (event.target as Element).closest('button')) return
    drag.current = { x: event.clientX, moved: false }
    event.currentTarget.setPointerCapture(event.pointerId)
    setHint(null)
    const row = rowOf(event)
    if (!row || !barNear(row.bars, placeOf(event))) seek(placeOf(event))
  }
  const move = (event: React.PointerEvent) => {
    const x = placeOf(event)
    if (drag.current) {
      drag.current.moved ||= Math.abs(event.clientX - drag.current.x) > 3
      if (drag.current.moved) seek(x)
      return
    }
    const row = x < 0 ? undefined : rowOf(event)
    const near = row && barNear(row.bars, x)
    setHint(near ? { placed: near, x: event.clientX, y: event.clientY } : null)
  }
  const up = (event: React.PointerEvent) => {
    const wasClick = drag.current?.moved === false
    drag.current = null
    const row = wasClick ? elementLane(event, rows) : undefined
    const near = row && barNear(row.bars, placeOf(event))
    if (!near) return
    inspection.trigger.seekPosition({ position: near.bar.start })
    view.trigger.choose({ actor: near.bar.actor })
  }
  return (
    <div
      className="tracks"
      ref={area}
      style={{ width: NAMES + width }}
      onPointerDown={down}
      onPointerMove={move}
      onPointerUp={up}
      onPointerCancel={() => {
        drag.current = null
      }}
      onPointerLeave={() => setHint(null)}
    >
      <Ruler {...{ scale, pixels }} />
      {rows.map((row) => (
        <LaneRow key={row.lane.actor} {...row} width={width} />
      ))}
      <Playhead x={NAMES + (scale.at[current] ?? 0) * pixels}>
        <MomentSlider {...{ count, current }} />
      </Playhead>
      {hint && <BarHint {...hint} />}
    </div>
  )
}

/** The lane under the pointer, also while the pointer is held by what it was pressed on. */
function elementLane({ clientX, clientY }: React.PointerEvent, rows: readonly Row[]): Row | undefined {
  const found = document.elementFromPoint(clientX, clientY)?.closest('[data-lane]')?.getAttribute('data-lane')
  return rows.find(({ lane }) => lane.actor === found)
}

const Playhead = ({ x, children }: { x: number; children: React.ReactNode }) => (
  <div className="waterfall-head" style={{ transform: `translateX(${x}px)` }}>
    {children}
  </div>
)

function useCurrent(): { count: number; current: number } {
  return usePicture(
    ({ timeline, shown }) => {
      const count = timeline.moments.length
      return { count, current: shown ?? Math.max(0, count - 1) }
    },
    (one, other) => one.count === other.count && one.current === other.current
  )
}

/** Room behind the last moment of a run that goes on: what is under way grows into it. */
function useTail(): number {
  const isLive = usePicture(({ statusNow }) => statusNow === 'active' || statusNow === 'awaiting_input')
  // Drawn again each second while something grows.
  useNow()
  return isLive ? TAIL : 0
}

/** About how far marks stand from each other, in pixels. */
const MARK = 90

const Ruler = ({ scale, pixels }: { scale: Scale; pixels: number }) => {
  const { times } = usePicture(({ timeline }) => timeline)
  const start = times[0] ?? 0
  const marks: { x: number; text: string }[] = []
  for (const [index, at] of scale.at.entries()) {
    const x = at * pixels
    if (marks.length > 0 && x - marks.at(-1)!.x < MARK) continue
    const text = scale.mode === 'steps' ? `${index + 1}` : duration((times[index] ?? start) - start)
    marks.push({ x, text })
  }
  return (
    <div className="ruler" aria-hidden="true">
      {marks.map(({ x, text }) => (
        <span key={x} style={{ left: NAMES + x }}>
          {text}
        </span>
      ))}
      {[...scale.cuts].map((index) => (
        <i
          key={index}
          className="cut"
          style={{ left: NAMES + ((scale.at[index - 1]! + scale.at[index]!) / 2) * pixels }}
        />
      ))}
    </div>
  )
}

const Legend = () => {
  const there = usePicture(
    ({ timeline }) => {
      const used = new Set(timeline.lanes.list().flatMap(({ bars }) => bars.map(({ activity }) => activity)))
      return shown.filter((activity) => used.has(activity))
    },
    (one, other) => one.join() === other.join()
  )
  return (
    <ul className="legend" aria-label="Colours">
      {there.map((activity) => (
        <li key={activity}>
          <i className={`swatch act-${activity}`} />
          {activityWords[activity]}
        </li>
      ))}
    </ul>
  )
}

const Mode = ({ mode, set }: { mode: ScaleMode; set(mode: ScaleMode): void }) => (
  <ToggleButtonGroup
    className="segments"
    aria-label="How moments stand beside each other"
    selectionMode="single"
    disallowEmptySelection
    selectedKeys={[mode]}
    onSelectionChange={(keys) => set([...keys][0] as ScaleMode)}
  >
    <ToggleButton id="time">Time</ToggleButton>
    <ToggleButton id="steps">Moments</ToggleButton>
  </ToggleButtonGroup>
)

const Zoom = ({ zoom, set }: { zoom: number; set(zoom: number): void }) => (
  <>
    <Button
      icon="minus"
      kind="quiet"
      label="Less of it"
      isDisabled={zoom <= 1}
      onPress={() => set(Math.max(1, zoom / 2))}
    />
    <Button
      icon="plus"
      kind="quiet"
      label="More of it"
      isDisabled={zoom >= MOST_ZOOM}
      onPress={() => set(Math.min(MOST_ZOOM, zoom * 2))}
    />
  </>
)

/** Keeps the moment that is shown in view when it is zoomed or moved. */
function useKeepInView(
  frame: React.RefObject<HTMLDivElement | null>,
  scale: Scale,
  pixels: number,
  zoom: number
): void {
  const { current } = useCurrent()
  const x = (scale.at[current] ?? 0) * pixels
  useEffect(() => {
    const element = frame.current
    if (!element || zoom === 1) return
    const room = element.clientWidth - NAMES
    if (x < element.scrollLeft || x > element.scrollLeft + room - 30) element.scrollLeft = x - room / 2
  }, [frame, x, zoom])
}

/** With the control key the wheel zooms. */
function useWheelZoom(
  frame: React.RefObject<HTMLDivElement | null>,
  set: (change: (zoom: number) => number) => void
): void {
  useEffect(() => {
    const element = frame.current
    if (!element) return
    const wheel = (event: WheelEvent) => {
      if (!event.ctrlKey && !event.metaKey) return
      event.preventDefault()
      set((zoom) => Math.max(1, Math.min(MOST_ZOOM, zoom * (event.deltaY < 0 ? 1.25 : 0.8))))
    }
    element.addEventListener('wheel', wheel, { passive: false })
    return () => element.removeEventListener('wheel', wheel)
  }, [frame, set])
}
