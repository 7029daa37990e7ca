import { useLayoutEffect, useRef, useState } from 'react'
import { eventWords } from '../../build/words.ts'
import { clockTime, span, valuePath } from '../model/describe.ts'
import type { ActorNow } from '../model/timeline.ts'
import { useNow } from '../state/clock.ts'
import { Button } from '../ui/button.tsx'
import { useSize } from '../ui/use-size.ts'
import { layoutOf } from './layout-of.ts'
import { Memory } from './memory.tsx'
import { Statechart } from './statechart.tsx'

const SMALLEST = 0.4
const LARGEST = 1.6
/** A chart that does not fit is not drawn smaller than this of its own accord. */
const LEGIBLE = 0.8

type Size = { width: number; height: number }

interface ChartPanelProps {
  actor: ActorNow
  isLive: boolean
  /** Whether the charts fill the page. */
  isLarge: boolean
  enlarge(large: boolean): void
}

/** One chart with what it remembers. It fits its place as far as it can be read, and shows where the actor stands. */
export const ChartPanel = ({ actor, isLive, isLarge, enlarge }: ChartPanelProps) => {
  const frame = useRef<HTMLElement>(null)
  const [zoom, setZoom] = useState<number | null>(null)
  const size = useSize(frame, { width: 600, height: 400 })
  const scale = zoom ?? fitting(actor, size)
  useShowActive(frame, actor, scale, size)
  const by = (factor: number) => () => setZoom(Math.min(LARGEST, Math.max(SMALLEST, scale * factor)))
  return (
    <div className="chart-panel">
      <div className="chart-head">
        <div>
          <code>{valuePath(actor.value) || '…'}</code>
          <Since actor={actor} isLive={isLive} />
          {actor.event && <span className="by">by {eventWords(actor.event)}</span>}
        </div>
        <div className="zoom">
          <Button kind="quiet" label="Make the chart smaller" onPress={by(0.8)}>
            −
          </Button>
          <Button kind="quiet" label="Fit the chart" onPress={() => setZoom(null)}>
            Fit
          </Button>
          <Button kind="quiet" label="Make the chart larger" onPress={by(1.25)}>
            +
          </Button>
          <Button
            kind="quiet"
            icon={isLarge ? 'close' : 'grow'}
            label={isLarge ? 'Back to the page' : 'Fill the page with the charts'}
            onPress={() => enlarge(!isLarge)}
          />
        </div>
      </div>
      <section className="chart-frame" ref={frame} aria-label={`Chart of ${actor.name}`} tabIndex={0}>
        <Statechart actor={actor} scale={scale} />
      </section>
      <Memory actor={actor} />
    </div>
  )
}

const Since = ({ actor, isLive }: { actor: ActorNow; isLive: boolean }) => {
  const now = useNow()
  return (
    <span className="since">
      {isLive && actor.status === 'active'
        ? `for ${span(now - actor.since)}`
        : `since ${clockTime(actor.since, true)}`}
    </span>
  )
}

/** The scale at which a chart fits into its frame, or the smallest that can be read. */
function fitting(actor: ActorNow, { width, height }: Size): number {
  const layout = layoutOf(actor)
  if (!layout) return 1
  const whole = Math.min((width - 20) / layout.width, (height - 20) / layout.height)
  return Math.max(LEGIBLE, Math.min(1, whole))
}

/** Brings the state in which the actor is into view; only the frame scrolls. */
function useShowActive(
  frame: React.RefObject<HTMLElement | null>,
  actor: ActorNow,
  scale: number,
  size: Size
): void {
  const state = valuePath(actor.value)
  // biome-ignore lint/correctness/useExhaustiveDependencies: whenever another state is lit, or the drawing or its frame has another size
  useLayoutEffect(() => {
    const element = frame.current
    const lit = [...(element?.querySelectorAll('[data-active]') ?? [])].at(-1)
    if (!element || !lit) return
    const [outer, inner] = [element.getBoundingClientRect(), lit.getBoundingClientRect()]
    const isOut =
      inner.left < outer.left ||
      inner.right > outer.right ||
      inner.top < outer.top ||
      inner.bottom > outer.bottom
    if (!isOut) return
    element.scrollTo({
      left: element.scrollLeft + inner.left - outer.left - (outer.width - inner.width) / 2,
      top: element.scrollTop + inner.top - outer.top - (outer.height - inner.height) / 2
    })
  }, [frame, state, actor.id, scale, size])
}
