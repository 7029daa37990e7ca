import type { Node, NodeProps, NodeTypes } from '@xyflow/react'
import { createContext, memo, useContext, useMemo, useRef } from 'react'
import { valuePath } from '../model/states.ts'
import type { ActorNow } from '../model/timeline.ts'
import { usePicture } from '../state/picture.ts'
import { type Point, rounded } from '../team/geometry.ts'
import { ArrowTips } from '../ui/arrow-tips.tsx'
import { Canvas } from '../ui/canvas.tsx'
import { useSize } from '../ui/use-size.ts'
import { activeStates } from './active.ts'
import type { ChartBox, ChartEdge, ChartLayout } from './layout.ts'
import { layoutOf } from './layout-of.ts'

/** Where an actor stands in its chart, and how it came there. */
interface Lit {
  active: ReadonlySet<string>
  edges: ReadonlySet<string>
  /** The event in a state's box by which it was left, or by which it stayed. */
  lines: ReadonlyMap<string, string>
  /** What came of the actor's work: a team stops in the same state whether it was done or has failed. */
  outcome: 'done' | 'failed' | 'idle'
}
const LitContext = createContext<Lit>({
  active: new Set(),
  edges: new Set(),
  lines: new Map(),
  outcome: 'done'
})

/** The chart of an actor as it was laid out when the page was built; where the actor stands is lit. */
export const ChartCanvas = ({ actor }: { actor: ActorNow }) => {
  const frame = useRef<HTMLDivElement>(null)
  const layout = useLayout(actor, useSize(frame))
  const nodes = useMemo(() => (layout?.boxes ?? []).map(toNode), [layout])
  const lit = useMemo(() => litIn(layout, actor), [layout, actor])
  const focus = useMemo(() => {
    const box = layout?.boxes.findLast(({ id, isOuter }) => !isOuter && lit.active.has(id))
    if (!box) return null
    const [x, y, width, height] = box.at
    return { x, y, width, height }
  }, [layout, lit])
  const last = actor.event ? ` The last event was ${actor.event}.` : ''
  return (
    <div className="picture-frame" ref={frame}>
      {layout && (
        <LitContext value={lit}>
          <span
            className="hidden"
            role="img"
            aria-label={`The chart of ${actor.name} is in the state ${valuePath(actor.value)}.${last}`}
          />
          <Canvas
            label={`Chart of ${actor.name}`}
            {...{ nodes, nodeTypes, focus }}
            size={layout}
            drawing={`${actor.id} ${layout.id} ${layout.width} ${layout.height}`}
          >
            <Arrows layout={layout} />
          </Canvas>
        </LitContext>
      )}
      {!layout && <p className="empty">There is no drawing of this chart.</p>}
    </div>
  )
}

/** The drawing for the place; another one only where what is lit is not in it. */
function useLayout(
  { id, machine, value }: ActorNow,
  place: { width: number; height: number }
): ChartLayout | undefined {
  const { outline, timeline } = usePicture(
    ({ outline, timeline }) => ({ outline, timeline }),
    (one, other) => one.outline === other.outline
  )
  const path = valuePath(value)
  // biome-ignore lint/correctness/useExhaustiveDependencies: a value is another one when its path is
  return useMemo(() => {
    if (place.width === 0) return undefined
    return layoutOf({ id, machine, value }, { outline, timeline }, place)
  }, [id, machine, path, outline, timeline, place])
}

const toNode = (box: ChartBox): Node => {
  const [x, y, width, height] = box.at
  return {
    id: box.id,
    type: 'state',
    position: { x, y },
    ...{ width, height, initialWidth: width, initialHeight: height },
    data: { box },
    // What stands inside is above; the arrows run between what holds others and what does not.
    zIndex: box.isOuter ? box.depth : 20
  }
}

/** Finds the transitions of an actor in the drawing of its chart: as arrows, or as lines in boxes. */
function litIn(layout: ChartLayout | undefined, { machine, value, taken, context }: ActorNow): Lit {
  const edges = new Set<string>()
  const lines = new Map<string, string>()
  for (const { from, to, event } of taken) {
    // An arrow may stand for several that lead to states within the one it points to.
    const leads = ({ to: end }: ChartEdge) => to.some((one) => one === end || one.startsWith(`${end}.`))
    const edge = layout?.edges.find((one) => one.from === from && one.events.includes(event) && leads(one))
    if (edge) edges.add(edge.id)
    else lines.set(from, event)
  }
  const { outcome = null } = (context ?? {}) as {
    outcome?: { failure?: unknown; cancelled?: unknown } | null
  }
  const came = outcome?.failure ? 'failed' : outcome?.cancelled ? 'idle' : 'done'
  return { active: activeStates(machine, value), edges, lines, outcome: came }
}

/** How ends are coloured: by what came of it. */
const outcomes: Readonly<Record<string, Lit['outcome']>> = {
  completed: 'done',
  failed: 'failed',
  cancelled: 'idle'
}

const StateNode = memo(({ data }: NodeProps) => {
  const { box } = data as { box: ChartBox }
  const { active, lines, outcome } = useContext(LitContext)
  const end = box.kind === 'final' ? (outcomes[box.title] ?? outcome) : null
  return <State box={box} isActive={active.has(box.id)} event={lines.get(box.id) ?? ''} end={end} />
})

interface StateProps {
  box: ChartBox
  isActive: boolean
  event: string
  /** How it is coloured where it is an end. */
  end: Lit['outcome'] | null
}

const State = memo(({ box, isActive, event, end }: StateProps) => {
  if (box.kind === 'begin') return <span className="begin" />
  const marks = [box.isOuter && 'outer', isActive && 'active', box.depth % 2 ? 'odd' : 'even']
  return (
    <div
      className={['state', box.kind, ...marks, end && `outcome-${end}`].filter(Boolean).join(' ')}
      data-state={box.id}
      data-active={isActive || undefined}
    >
      <span className="title">{box.title}</span>
      {box.lines.map((line) => (
        <span
          key={line.text}
          className={line.kind === 'event' && line.event === event ? 'line taken' : `line ${line.kind}`}
        >
          {line.text}
        </span>
      ))}
    </div>
  )
})

const nodeTypes = { state: StateNode } as NodeTypes

const Arrows = memo(({ layout }: { layout: ChartLayout }) => {
  const { edges } = useContext(LitContext)
  return (
    <svg className="arrows" width={layout.width} height={layout.height} aria-hidden="true">
      <ArrowTips ids={['arrow', 'arrow-taken']} />
      {layout.edges.map((edge) => (
        <Arrow key={edge.id} edge={edge} isTaken={edges.has(edge.id)} />
      ))}
    </svg>
  )
})

const pointOf = ([x = 0, y = 0]: readonly number[]): Point => ({ x, y })

const Arrow = memo(({ edge, isTaken }: { edge: ChartEdge; isTaken: boolean }) => {
  const { points, label } = edge
  return (
    <g className={isTaken ? 'edge taken' : 'edge'} data-taken={isTaken || undefined}>
      <path d={rounded(points.map(pointOf), 7)} markerEnd={`url(#arrow${isTaken ? '-taken' : ''})`} />
      {label?.lines.map((line, at) => (
        <text key={line} x={label.at[0]! + 4} y={label.at[1]! + 12 + at * 15}>
          {line}
        </text>
      ))}
    </g>
  )
})
