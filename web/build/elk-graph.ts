import type { ElkExtendedEdge, ElkNode } from 'elkjs'
import type { AnyStateMachine, AnyStateNode } from 'xstate'
import { everything, type Reach, type Transition } from './reach.ts'
import { label, textWidth } from './words.ts'

/** Sizes in pixels, which the page's style sheet follows. */
export const sizes = { title: 13, line: 12, lineHeight: 18, header: 32, pad: 14 }

/** How many arrows are a sheaf. */
const SHEAF = 4

/** A line in a state's box: what it invokes, and events that do not lead out of it. */
export interface BoxLine {
  text: string
  kind: 'invoke' | 'event'
  /** The event, where it is one. */
  event?: string
}

/** One arrow, which may stand for several transitions with the same ends. */
export interface Arrow {
  id: string
  from: string
  to: string
  /** The events by which it is taken; `''` needs none. */
  events: string[]
  lines: string[]
  /** Whether it leads upwards. */
  back: boolean
}

/** A chart as ELK takes it, and what its boxes and arrows say. */
export interface Plan {
  graph: ElkNode
  nodes: ReadonlyMap<string, AnyStateNode>
  lines: ReadonlyMap<string, BoxLine[]>
  arrows: ReadonlyMap<string, Arrow>
}

type Direction = 'DOWN' | 'RIGHT'

/** Which way states follow each other in a drawing. */
export interface Flow {
  outside: Direction
  inside: Direction
}

/** Whether a condition says something to a person who looks at the drawing: which step is wanted, its arrow shows. */
const isTold = (guard: unknown): boolean => {
  const { type } = (typeof guard === 'object' && guard !== null ? guard : {}) as { type?: string }
  return type !== 'wants' && type !== 'opens'
}

const isWithin = (node: AnyStateNode, outer: AnyStateNode): boolean =>
  node === outer || (node.parent !== undefined && isWithin(node.parent, outer))

/** Whether a state stands so deep that a chart is easier to read without what is in it. */
export const isDeep = (node: AnyStateNode): boolean =>
  node.path.length > 1 && Object.keys(node.states).length > 0

/**
 * Plans how a chart is drawn.
 *
 * @param isShut says which states are drawn without what is in them
 * @param reach what of the chart is drawn at all
 * @param flow which way the states of the chart, and those inside of states, follow each other
 */
export function plan(
  machine: AnyStateMachine,
  isShut: (node: AnyStateNode) => boolean,
  reach: Reach = everything,
  flow: Flow = { outside: 'DOWN', inside: 'RIGHT' }
): Plan {
  const nodes = new Map<string, AnyStateNode>()
  const lines = new Map<string, BoxLine[]>()
  const arrows = new Map<string, Arrow>()
  const isReached = ({ id }: AnyStateNode) => reach.states.size === 0 || reach.states.has(id)
  const inside = (node: AnyStateNode) => (isShut(node) ? [] : Object.values(node.states).filter(isReached))
  const shown = (node: AnyStateNode): AnyStateNode =>
    node.parent === undefined || !isHidden(node, isShut) ? node : shown(node.parent)
  const visit = (node: AnyStateNode): void => {
    nodes.set(node.id, node)
    const count = Object.keys(node.states).length
    const more = isShut(node) ? [{ text: `${count} states inside`, kind: 'invoke' as const }] : []
    lines.set(node.id, [...invokes(node), ...more])
    for (const transition of [...node.transitions.values(), node.always ?? []].flat()) {
      if (!reach.allows(transition as unknown as Transition)) continue
      const [aim] = (transition.target ?? []) as AnyStateNode[]
      const target = aim && shown(aim)
      const text = label(transition.eventType, isTold(transition.guard) ? transition.guard : undefined)
      if (target === undefined || (target !== node && isWithin(target, node))) {
        const inner = target === undefined ? text : `${text} → ${target.key}`
        push(lines.get(node.id)!, { text: inner, kind: 'event', event: transition.eventType })
      } else join(arrows, node.id, target.id, transition.eventType, text)
    }
    for (const child of inside(node)) visit(child)
  }
  visit(machine.root)
  bundle(arrows, nodes)
  fold(arrows, lines, nodes)
  const draw = (node: AnyStateNode): ElkNode =>
    box(node, lines.get(node.id)!, inside(node).map(draw), node.parent ? flow.inside : flow.outside)
  const root = draw(machine.root)
  // What leads back in the order of the file is drawn upwards: ELK is given it the other way round.
  const order = [...nodes.keys()]
  for (const arrow of arrows.values()) arrow.back = order.indexOf(arrow.to) < order.indexOf(arrow.from)
  const fans = Map.groupBy(arrows.values(), ({ from }) => from)
  const isFan = ({ from, events }: Arrow) => events.join() === '' && fans.get(from)!.length > SHEAF
  // Where a state only decides what is next, the names of the next states say enough.
  const edges = [...arrows.values()].map((arrow) => edgeOf(isFan(arrow) ? { ...arrow, lines: [] } : arrow))
  return {
    graph: {
      id: 'graph',
      children: [root],
      edges: [...edges, ...begins([...nodes.values()].filter((node) => inside(node).length > 0))]
    },
    nodes,
    lines,
    arrows
  }
}

const isHidden = ({ parent }: AnyStateNode, isShut: (node: AnyStateNode) => boolean): boolean =>
  parent !== undefined && (isShut(parent) || isHidden(parent, isShut))

/** What leads into a state that stands beside is one arrow to that state for each event, whatever it leads to inside. */
function bundle(arrows: Map<string, Arrow>, nodes: ReadonlyMap<string, AnyStateNode>): void {
  const beside = ({ from, to }: Arrow): AnyStateNode | undefined => {
    const parent = nodes.get(from)!.parent
    let outer: AnyStateNode | undefined = nodes.get(to)
    while (outer && outer.parent !== parent) outer = outer.parent
    return outer?.id === to || outer?.id === from ? undefined : outer
  }
  const within = [...arrows.values()].filter((arrow) => beside(arrow) && arrow.events.length === 1)
  const bundles = Map.groupBy(within, (arrow) => `${arrow.from} ${beside(arrow)!.id} ${arrow.events[0]}`)
  for (const bundled of bundles.values()) {
    const [first] = bundled as [Arrow]
    for (const { id } of bundled) arrows.delete(id)
    join(arrows, first.from, beside(first)!.id, first.events[0]!, label(first.events[0]!, undefined))
  }
}

/**
 * Some transitions are told in the state's box: where many states lead to the same one by the same event, a sheaf of
 * arrows says less, and an arrow through the walls of boxes is hard to follow.
 */
function fold(
  arrows: Map<string, Arrow>,
  lines: ReadonlyMap<string, BoxLine[]>,
  nodes: ReadonlyMap<string, AnyStateNode>
): void {
  const sheaves = Map.groupBy(arrows.values(), ({ to, lines }) => `${to} ${lines}`)
  for (const sheaf of sheaves.values()) {
    for (const { id, from, to, events, lines: texts } of sheaf) {
      if (sheaf.length < SHEAF && nodes.get(from)!.parent === nodes.get(to)!.parent) continue
      arrows.delete(id)
      const text = `${texts.join(', ')} → ${nodes.get(to)!.key}`
      push(lines.get(from)!, { text, kind: 'event', event: events[0] })
    }
  }
}

const invokes = (node: AnyStateNode): BoxLine[] =>
  node.invoke.map(({ id }) => ({ text: `⟳ ${id}`, kind: 'invoke' as const }))

function push(lines: BoxLine[], line: BoxLine): void {
  if (!lines.some(({ text }) => text === line.text)) lines.push(line)
}

function join(arrows: Map<string, Arrow>, from: string, to: string, event: string, text: string): void {
  const id = `${from}→${to}`
  const arrow = arrows.get(id) ?? { id, from, to, events: [], lines: [], back: false }
  if (!arrow.events.includes(event)) arrow.events.push(event)
  if (!arrow.lines.includes(text)) arrow.lines.push(text)
  arrows.set(id, arrow)
}

function box(
  node: AnyStateNode,
  lines: readonly BoxLine[],
  children: ElkNode[],
  direction: Direction
): ElkNode {
  const header = sizes.header + lines.length * sizes.lineHeight
  const widest = Math.max(
    textWidth(node.key, sizes.title) + 22,
    ...lines.map(({ text }) => textWidth(text, sizes.line))
  )
  const width = Math.ceil(widest + 2 * sizes.pad)
  if (children.length === 0) return { id: node.id, width, height: header + (lines.length > 0 ? 6 : 2) }
  const start: ElkNode = { id: `${node.id}#begin`, width: 10, height: 10 }
  return {
    id: node.id,
    children: node.initial ? [start, ...children] : children,
    layoutOptions: {
      'elk.direction': direction,
      'elk.padding': `[top=${header + 8},left=16,bottom=16,right=16]`,
      'elk.nodeSize.constraints': 'MINIMUM_SIZE',
      'elk.nodeSize.minimum': `(${width},${header + 20})`
    }
  }
}

const begins = (nodes: readonly AnyStateNode[]): ElkExtendedEdge[] =>
  nodes.flatMap(({ id, initial }) =>
    initial ? [{ id: `${id}#begin`, sources: [`${id}#begin`], targets: [initial.target[0]!.id] }] : []
  )

const edgeOf = ({ id, from, to, lines, back }: Arrow): ElkExtendedEdge => {
  const texts = lines.filter(Boolean)
  const width = Math.max(0, ...texts.map((text) => textWidth(text, sizes.line))) + 8
  const labels = texts.length > 0 ? [{ text: texts.join('\n'), width, height: texts.length * 14 + 2 }] : []
  return { id, sources: [back ? to : from], targets: [back ? from : to], labels }
}
