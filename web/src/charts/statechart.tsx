import { memo, useMemo } from 'react'
import { valuePath } from '../model/describe.ts'
import type { ActorNow } from '../model/timeline.ts'
import { activeStates } from './active.ts'
import { ArrowTips } from './arrow-tips.tsx'
import type { ChartBox, ChartEdge, ChartLayout } from './layout.ts'
import { layoutOf } from './layout-of.ts'

interface StatechartProps {
  actor: ActorNow
  /** Pixels of the screen per pixel of the drawing. */
  scale: number
}

/** A chart as it was laid out when the page was built; where the actor stands is lit, and how it came there. */
export const Statechart = ({ actor, scale }: StatechartProps) => {
  const layout = useMemo(() => layoutOf(actor), [actor])
  const active = useMemo(() => activeStates(actor.machine, actor.value), [actor.machine, actor.value])
  const taken = useMemo(() => (layout ? takenIn(layout, actor) : nothing), [layout, actor])
  if (!layout) return <p className="empty">There is no drawing of this chart.</p>
  const { width, height, boxes, edges } = layout
  const last = actor.event ? ` The last event was ${actor.event}.` : ''
  return (
    <svg
      className="statechart"
      viewBox={`0 0 ${width} ${height}`}
      width={width * scale}
      height={height * scale}
      role="img"
      aria-label={`The chart of ${actor.name} is in the state ${valuePath(actor.value)}.${last}`}
    >
      <ArrowTips ids={['arrow', 'arrow-taken']} />
      {boxes.map((box) => (
        <Box key={box.id} box={box} isActive={active.has(box.id)} event={taken.lines.get(box.id) ?? ''} />
      ))}
      {edges.map((edge) => (
        <Edge key={edge.id} edge={edge} isTaken={taken.edges.has(edge.id)} />
      ))}
    </svg>
  )
}

interface InChart {
  edges: ReadonlySet<string>
  /** The event in a state's box by which it was left, or by which it stayed. */
  lines: ReadonlyMap<string, string>
}
const nothing: InChart = { edges: new Set(), lines: new Map() }

/** Finds the transitions of an actor in the drawing of its chart: as arrows, or as lines in boxes. */
function takenIn(layout: ChartLayout, { taken }: ActorNow): InChart {
  const edges = new Set<string>()
  const lines = new Map<string, string>()
  for (const { from, to, event } of taken) {
    // An arrow may stand for several that lead to states within the one it points to.
    const leads = ({ to: end }: ChartEdge) => to.some((one) => one === end || one.startsWith(`${end}.`))
    const edge = layout.edges.find((one) => one.from === from && one.events.includes(event) && leads(one))
    if (edge) edges.add(edge.id)
    else lines.set(from, event)
  }
  return { edges, lines }
}

const Box = memo(({ box, isActive, event }: { box: ChartBox; isActive: boolean; event: string }) => {
  const [x, y, width, height] = box.at
  if (box.kind === 'begin')
    return <circle className="begin" cx={x + width / 2} cy={y + height / 2} r={width / 2} />
  const marks = [box.isOuter && 'outer', isActive && 'active', box.depth % 2 ? 'odd' : 'even']
  const classes = ['box', box.kind, ...marks].filter(Boolean).join(' ')
  return (
    <g className={classes} data-state={box.id} data-active={isActive || undefined}>
      <rect x={x} y={y} width={width} height={height} rx={9} />
      {box.kind === 'final' && (
        <rect className="inner" x={x + 3} y={y + 3} width={width - 6} height={height - 6} rx={7} />
      )}
      <text className="title" x={x + 14} y={y + 20}>
        {box.title}
      </text>
      {box.lines.map((line, at) => (
        <text
          key={line.text}
          className={line.kind === 'event' && line.event === event ? 'line taken' : `line ${line.kind}`}
          x={x + 14}
          y={y + 38 + at * 16}
        >
          {line.text}
        </text>
      ))}
    </g>
  )
})

const RADIUS = 7

/** A path with round corners. */
function rounded(points: ChartEdge['points']): string {
  return points
    .map((point, at) => {
      const [x, y] = point as [number, number]
      const [before, after] = [points[at - 1], points[at + 1]] as [number, number][]
      if (!before) return `M${x} ${y}`
      if (!after) return `L${x} ${y}`
      const from = towards([x, y], before)
      const to = towards([x, y], after)
      return `L${from} Q${x} ${y} ${to}`
    })
    .join('')
}

function towards([x, y]: [number, number], [otherX, otherY]: [number, number]): string {
  const length = Math.hypot(otherX - x, otherY - y) || 1
  const part = Math.min(RADIUS, length / 2) / length
  return `${(x + (otherX - x) * part).toFixed(1)} ${(y + (otherY - y) * part).toFixed(1)}`
}

const Edge = memo(({ edge, isTaken }: { edge: ChartEdge; isTaken: boolean }) => {
  const { points, label } = edge
  return (
    <g className={isTaken ? 'edge taken' : 'edge'} data-taken={isTaken || undefined}>
      <path d={rounded(points)} markerEnd={`url(#arrow${isTaken ? '-taken' : ''})`} />
      {label?.lines.map((line, at) => (
        <text key={line} x={label.at[0]! + 4} y={label.at[1]! + 11 + at * 14}>
          {line}
        </text>
      ))}
    </g>
  )
})
