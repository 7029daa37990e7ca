import type { TeamOutline } from '../../../src/runtime/inspection/team-outline.ts'
import { chooserOf, type Member, teamIn } from '../model/members.ts'
import { type Box, halfway, type Point, rounded } from './geometry.ts'
import { asCircle, asGraph, asRing, type Laid, underChooser } from './layouts.ts'

/** Something that is drawn of a team. */
export interface PlanNode extends Box {
  id: string
  kind: 'member' | 'team' | 'chooser' | 'outside'
  name: string
  /** The team in which it is drawn; its place is counted from there. */
  parent: string | null
  isCompact: boolean
  /** Of a chooser: what it is called. */
  role?: string
}

/** An arrow of a team, from one actor to another. */
export interface PlanEdge {
  id: string
  from: string
  to: string
  /** `order`: it is always so; `graph`, `handoff`, `choice`: it may be so. */
  kind: 'order' | 'graph' | 'handoff' | 'choice'
  path: string
  /** Where a label stands. */
  middle: Point
  label?: string
}

/** A team as it is drawn. */
export interface TeamPlan {
  width: number
  height: number
  nodes: PlanNode[]
  edges: PlanEdge[]
}

/** From so many members on a card shows only the most important. */
const MANY = 9
const CARD = { width: 212, height: 88 }
const SMALL = { width: 156, height: 54 }
const HEAD = 62
const PAD = 16
/** The place for a team in another one. */
const INNER = { width: 640, height: 400 }

interface Placing {
  id: string
  members: readonly Member[]
  outline: TeamOutline | null
  /** The place for the drawing, in pixels. */
  room: { width: number; height: number }
}

/** Plans the drawing of a team whose manager is `id`, with the teams in it. */
export function planTeam({ id, members, outline, room }: Placing): TeamPlan {
  const isCompact = members.length >= MANY
  const inner = new Map(
    members
      .filter((member) => member.inner.length > 0)
      .map((member) => {
        const team = { id: `${member.id}/team`, members: member.inner, outline: teamIn(member.outline) }
        return [member.id, planTeam({ ...team, room: INNER })] as const
      })
  )
  const outside = outsidersOf(members)
  const sizes = new Map<string, { width: number; height: number }>([
    ...members.map((member) => [member.id, sizeOf(inner.get(member.id), isCompact)] as const),
    ...outside.map(({ id }) => [id, SMALL] as const)
  ])
  const laid = layoutOf({ id, members, outline, room }, sizes)
  return assemble(id, laid, { members, inner, outside, outline, isCompact })
}

const sizeOf = (inner: TeamPlan | undefined, isCompact: boolean) => {
  if (!inner) return isCompact ? SMALL : CARD
  return { width: Math.max(CARD.width, inner.width + 2 * PAD), height: HEAD + inner.height + PAD }
}

/** The targets of handoffs that are no members. */
function outsidersOf(members: readonly Member[]): { id: string; name: string }[] {
  const names = new Set(members.map(({ name }) => name))
  const targets = new Set(members.flatMap(({ outline }) => outline?.handoffs ?? []))
  return [...targets].filter((name) => !names.has(name)).map((name) => ({ id: `outside/${name}`, name }))
}

function layoutOf(
  { id, members, outline, room }: Placing,
  sizes: Map<string, { width: number; height: number }>
): Laid {
  const ids = members.map((member) => member.id)
  const byName = new Map(members.map((member) => [member.name, member.id]))
  const chooser = chooserOf(outline)
  if (chooser) return underChooser(ids, sizes, room, `${id}/choice`)
  if (outline?.edges) {
    const edges = outline.edges.flatMap(({ from, to, condition }) => {
      const [source, target] = [byName.get(from), byName.get(to)]
      return source && target ? [{ from: source, to: target, ...(condition && { label: condition }) }] : []
    })
    return asGraph(ids, sizes, edges, room, 'graph')
  }
  if (outline?.kind === 'Swarm' || members.some(({ outline }) => outline?.handoffs)) {
    const edges = members.flatMap((member) =>
      (member.outline?.handoffs ?? []).map((name) => ({
        from: member.id,
        to: byName.get(name) ?? `outside/${name}`
      }))
    )
    const all = [...sizes.keys()]
    return edges.length > 2 * all.length && all.length <= 8
      ? asCircle(all, sizes, edges)
      : asGraph(all, sizes, edges, room, 'handoff')
  }
  return asRing(ids, sizes, room, outline === null || outline.kind === 'RoundRobinGroupChat')
}

interface Parts {
  members: readonly Member[]
  inner: ReadonlyMap<string, TeamPlan>
  outside: readonly { id: string; name: string }[]
  outline: TeamOutline | null
  isCompact: boolean
}

/** Puts the drawings of inner teams into the places that their members have. */
function assemble(id: string, laid: Laid, { members, inner, outside, outline, isCompact }: Parts): TeamPlan {
  const nodes: PlanNode[] = []
  const edges: PlanEdge[] = laid.edges.map(({ points, path, ...edge }) => ({
    ...edge,
    id: `${edge.from}→${edge.to}`,
    path: path ?? rounded(points),
    middle: halfway(points)
  }))
  const chooser = chooserOf(outline)
  const choice = laid.boxes.get(`${id}/choice`)
  if (chooser && choice)
    nodes.push({
      id: `${id}/choice`,
      kind: 'chooser',
      name: chooser,
      role: chooser,
      parent: null,
      isCompact: false,
      ...choice
    })
  for (const { id: member, name } of members) {
    const box = laid.boxes.get(member)!
    const plan = inner.get(member)
    nodes.push({ id: member, kind: plan ? 'team' : 'member', name, parent: null, isCompact, ...box })
    if (!plan) continue
    const [dx, dy] = [(box.width - plan.width) / 2, HEAD]
    for (const node of plan.nodes)
      nodes.push(node.parent === null ? { ...node, parent: member, x: node.x + dx, y: node.y + dy } : node)
    for (const edge of plan.edges) edges.push(moved(edge, box.x + dx, box.y + dy))
  }
  for (const { id: one, name } of outside)
    nodes.push({ id: one, kind: 'outside', name, parent: null, isCompact: true, ...laid.boxes.get(one)! })
  return { width: laid.width, height: laid.height, nodes, edges }
}

/** An arrow of an inner team at its place in the outer one. */
const moved = (edge: PlanEdge, dx: number, dy: number): PlanEdge => ({
  ...edge,
  path: shifted(edge.path, dx, dy),
  middle: { x: edge.middle.x + dx, y: edge.middle.y + dy }
})

/** All numbers of our paths are pairs of absolute coordinates. */
function shifted(path: string, dx: number, dy: number): string {
  let count = 0
  return path.replace(/-?\d+(\.\d+)?/g, (number) => {
    const value = Number(number) + (count++ % 2 === 0 ? dx : dy)
    return String(Math.round(value * 10) / 10)
  })
}
