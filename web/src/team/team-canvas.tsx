import type { Node } from '@xyflow/react'
import { memo, useMemo, useRef } from 'react'
import type { TeamOutline } from '../../../src/runtime/inspection/team-outline.ts'
import { everybody } from '../model/members.ts'
import { doingOf, teamRule } from '../model/words.ts'
import { flowIn, membersIn, usePicture } from '../state/picture.ts'
import { ArrowTips } from '../ui/arrow-tips.tsx'
import { Canvas } from '../ui/canvas.tsx'
import { Empty } from '../ui/empty.tsx'
import { useSize } from '../ui/use-size.ts'
import type { Box } from './geometry.ts'
import { nodeTypes } from './nodes.tsx'
import { type PlanEdge, planTeam, type TeamPlan } from './plan.ts'

/** The team: what each member does, and how the word goes through them. */
export const TeamCanvas = () => {
  const frame = useRef<HTMLDivElement>(null)
  const size = useSize(frame, { width: 780, height: 560 })
  const plan = usePlan(size)
  const nodes = useMemo(() => plan.nodes.map(toNode), [plan])
  const focus = useFocus(plan)
  const outline = usePicture(({ outline }) => outline)
  const drawing = plan.nodes.map(({ id }) => id).join()
  return (
    <section className="team" aria-label="Team">
      <header className="picture-head">
        <h2>{nameOf(outline)}</h2>
        <span className="rule">{teamRule(outline)}</span>
        {outline?.ends && <span className="rule ends">Done when {outline.ends}</span>}
      </header>
      <div className="picture-frame" ref={frame}>
        {plan.nodes.length > 0 && (
          <Canvas
            label="The team as a drawing"
            {...{ nodes, nodeTypes, focus, drawing }}
            size={plan}
            legible={0.62}
          >
            <TeamArrows plan={plan} />
          </Canvas>
        )}
        {plan.nodes.length === 0 && <Empty>The members are drawn as soon as the team is there.</Empty>}
      </div>
    </section>
  )
}

/** A team without a name of its own goes by the kind of team that it is, which stands beside it. */
const nameOf = (outline: TeamOutline | null): string =>
  outline && outline.name !== outline.kind ? outline.name : 'Team'

/** Where everything stands; that changes only with who is there and with the place for it. */
function usePlan({ width, height }: { width: number; height: number }): TeamPlan {
  const { root, outline, members } = usePicture(
    (picture) => ({ root: picture.root, outline: picture.outline, members: membersIn(picture) }),
    (one, other) => one.outline === other.outline && shapeOf(one.members) === shapeOf(other.members)
  )
  // A little more room changes nothing.
  const rough = (length: number) => Math.max(200, Math.round(length / 80) * 80)
  const [wide, high] = [rough(width), rough(height)]
  return useMemo(
    () => planTeam({ id: `${root}/team`, members, outline, room: { width: wide, height: high } }),
    [root, members, outline, wide, high]
  )
}

const shapeOf = (members: ReturnType<typeof membersIn>): string =>
  everybody(members)
    .map(({ id }) => id)
    .join()

const toNode = ({ id, kind, parent, x, y, width, height, ...rest }: TeamPlan['nodes'][number]): Node => ({
  id,
  type: kind,
  position: { x, y },
  ...{ width, height, initialWidth: width, initialHeight: height },
  data: rest,
  draggable: false,
  ...(parent !== null && { parentId: parent }),
  zIndex: parent === null ? 1 : 2 * parent.split('/').length
})

/** The place of the members that act, in the whole drawing. */
function useFocus(plan: TeamPlan): Box | null {
  const acting = usePicture((picture) => {
    const all = everybody(membersIn(picture)).filter(({ actor }) =>
      ['busy', 'asking'].includes(doingOf(actor).tone)
    )
    // The innermost, and of those the one that came to it last.
    return all.toSorted(
      (a, b) => b.id.split('/').length - a.id.split('/').length || b.actor!.since - a.actor!.since
    )[0]?.id
  })
  return useMemo(() => {
    const byId = new Map(plan.nodes.map((node) => [node.id, node]))
    const node = acting === undefined ? undefined : byId.get(acting)
    if (!node) return null
    let { x, y } = node
    for (let outer = node.parent; outer !== null; outer = byId.get(outer)!.parent) {
      x += byId.get(outer)!.x
      y += byId.get(outer)!.y
    }
    return { x, y, width: node.width, height: node.height }
  }, [plan, acting])
}

const TeamArrows = memo(({ plan }: { plan: TeamPlan }) => (
  <svg className="arrows" width={plan.width} height={plan.height} aria-hidden="true">
    <ArrowTips ids={['tip', 'tip-taken', 'tip-active']} />
    {plan.edges.map((edge) => (
      <Arrow key={edge.id} edge={edge} />
    ))}
  </svg>
))

/** How wide a letter of a label is, in pixels. */
const LETTER = 6.4

const Arrow = memo(({ edge: { id, path, kind, middle, label } }: { edge: PlanEdge }) => {
  const state = usePicture((picture) => {
    const { taken, active } = flowIn(picture)
    return active.has(id) ? 'active' : taken.has(id) ? 'taken' : ''
  })
  const count = usePicture((picture) => flowIn(picture).taken.get(id) ?? 0)
  const text = label ? `“${label}”` : count > 1 && kind === 'handoff' ? `${count}×` : ''
  const width = Math.min(190, text.length * LETTER + 16)
  return (
    <g className={`arrow ${kind} ${state}`} data-way={id} data-state={state || undefined}>
      <path d={path} markerEnd={`url(#tip${state && `-${state}`})`} />
      {text && (
        <g className="pill" transform={`translate(${middle.x} ${middle.y})`}>
          <rect x={-width / 2} y={-11} width={width} height={22} rx={11} />
          <text textAnchor="middle" y={4}>
            {text.length * LETTER + 16 > 190 ? `${text.slice(0, 25)}…` : text}
          </text>
        </g>
      )}
    </g>
  )
})
