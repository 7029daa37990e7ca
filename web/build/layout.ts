import ElkConstructor, { type ELK, type ElkExtendedEdge, type ElkNode } from 'elkjs'
import type { AnyStateMachine, AnyStateNode } from 'xstate'
import { drawnCharts } from '../../src/runtime/inspection/chart-export.ts'
import { KINDS, managerKey, openingOf, participantKey, type Step } from '../src/charts/abilities.ts'
import {
  type ChartBox,
  type ChartDrawings,
  type ChartEdge,
  type ChartLayout,
  scaleIn
} from '../src/charts/layout.ts'
import { type Flow, isDeep, type Plan, plan } from './elk-graph.ts'
import { everything, type Reach, reachOf, type Transition } from './reach.ts'

/** What holds inside of every box. */
export const options = {
  'elk.algorithm': 'layered',
  'elk.direction': 'DOWN',
  'elk.hierarchyHandling': 'SEPARATE_CHILDREN',
  'elk.edgeRouting': 'ORTHOGONAL',
  'elk.json.shapeCoords': 'ROOT',
  'elk.json.edgeCoords': 'ROOT',
  'elk.layered.spacing.nodeNodeBetweenLayers': '22',
  'elk.layered.spacing.edgeNodeBetweenLayers': '14',
  'elk.spacing.nodeNode': '14',
  'elk.spacing.edgeNode': '12',
  'elk.spacing.edgeEdge': '10',
  'elk.spacing.edgeLabel': '4',
  'elk.layered.nodePlacement.strategy': 'BRANDES_KOEPF',
  'elk.layered.considerModelOrder.strategy': 'PREFER_EDGES',
  'elk.layered.layering.strategy': 'LONGEST_PATH_SOURCE',
  'elk.layered.thoroughness': '20'
}

/** Lays out every chart of this version: the page only has to draw them. */
export async function layoutCharts(): Promise<Record<string, ChartDrawings>> {
  // The package's types say that the module is the class; it holds the class.
  const Elk = ElkConstructor as unknown as new () => ELK
  const elk = new Elk()
  const laid = await Promise.all(
    drawings().map(async ([key, chart, reach]) => [key, await both(elk, chart, reach)] as const)
  )
  return Object.fromEntries(laid)
}

/** What is drawn: each chart as a whole, and without what some of its actors can never come to. */
function drawings(): [key: string, chart: AnyStateMachine, reach: Reach][] {
  const all = drawnCharts()
  const participant = all.find(({ id }) => id === 'participant')!
  const manager = all.find(({ id }) => id === 'groupChat')!
  const byRule = ({ target }: Transition) => !target?.some(({ id }) => id.startsWith('groupChat.selecting'))
  return [
    ...all.map((chart): [string, AnyStateMachine, Reach] => [chart.id, chart, everything]),
    ...KINDS.map((steps): [string, AnyStateMachine, Reach] => [
      participantKey(steps),
      participant,
      reachOf(participant, can(steps))
    ]),
    [managerKey(false), manager, reachOf(manager, byRule)]
  ]
}

/** Which transitions a participant takes that only ever does these steps. */
const can =
  (steps: readonly Step[]): Reach['allows'] =>
  ({ guard, target, eventType }) => {
    const { type, params } = (guard ?? {}) as { type?: string; params?: Step }
    if (type === 'wants') return steps.includes(params!)
    if (type === 'opens') return openingOf(steps) === params
    // Where no condition fits it is some other work.
    const isWork = target?.some(({ id }) => id === 'participant.responding.working') ?? false
    if (isWork) return eventType === 'speak' ? openingOf(steps) === 'work' : steps.includes('work')
    // A person can be asked only inside of what somebody leads, or in a tool.
    if (eventType === 'waiting' || eventType === 'going')
      return steps.includes('lead') || steps.includes('runTools')
    return true
  }

/** A chart as a whole, and without what stands deep in it, where there is such. */
async function both(elk: ELK, machine: AnyStateMachine, reach: Reach): Promise<ChartDrawings> {
  const whole = await fitting(elk, machine, reach, () => false)
  const folded = await fitting(elk, machine, reach, isDeep)
  return folded[0]!.boxes.length < whole[0]!.boxes.length ? { whole, folded } : { whole }
}

/** Places for which charts are drawn, in pixels: beside the talk, and on a phone. */
const PLACES = [
  { width: 780, height: 600 },
  { width: 370, height: 520 }
]

const flows: Flow[] = (['DOWN', 'RIGHT'] as const).flatMap((outside) =>
  (['RIGHT', 'DOWN'] as const).map((inside) => ({ outside, inside }))
)

/** The drawings of a chart that are the largest in one of the places. */
async function fitting(
  elk: ELK,
  machine: AnyStateMachine,
  reach: Reach,
  isShut: (node: AnyStateNode) => boolean
): Promise<ChartLayout[]> {
  const drawn = await Promise.all(
    flows.map((flow) => layout(elk, plan(machine, isShut, reach, flow), machine.id))
  )
  const best = PLACES.map((place) => drawn.toSorted((a, b) => scaleIn(b, place) - scaleIn(a, place))[0]!)
  return [...new Set(best)]
}

async function layout(elk: ELK, planned: Plan, id: string): Promise<ChartLayout> {
  const graph = await elk.layout(planned.graph, { layoutOptions: options })
  return {
    id,
    width: Math.ceil(graph.width!),
    height: Math.ceil(graph.height!),
    boxes: graph.children!.flatMap((node) => boxes(node, planned, 0)),
    edges: (graph.edges as ElkExtendedEdge[]).map((edge) => edgeOf(edge, planned))
  }
}

function boxes(node: ElkNode, planned: Plan, depth: number): ChartBox[] {
  const state = planned.nodes.get(node.id)
  const { x = 0, y = 0, width = 0, height = 0 } = node
  const own: ChartBox = {
    id: node.id,
    path: state?.path ?? [],
    title: state?.key ?? '',
    kind: state === undefined ? 'begin' : state.type === 'final' ? 'final' : depth === 0 ? 'chart' : 'state',
    depth,
    isOuter: (node.children?.length ?? 0) > 0,
    at: [x, y, width, height].map(Math.round) as ChartBox['at'],
    lines: planned.lines.get(node.id) ?? []
  }
  return [own, ...(node.children ?? []).flatMap((child) => boxes(child, planned, depth + 1))]
}

function edgeOf(edge: ElkExtendedEdge, planned: Plan): ChartEdge {
  const arrow = planned.arrows.get(edge.id)
  const [section] = edge.sections ?? []
  const points = section ? [section.startPoint, ...(section.bendPoints ?? []), section.endPoint] : []
  if (arrow?.back) points.reverse()
  const text = edge.labels?.[0]
  return {
    id: edge.id,
    from: arrow?.from ?? '',
    to: arrow?.to ?? '',
    events: arrow?.events ?? [],
    points: points.map(({ x, y }) => [Math.round(x), Math.round(y)]),
    ...(text && {
      label: {
        lines: text.text!.split('\n'),
        at: [Math.round(text.x!), Math.round(text.y!), Math.round(text.width!)]
      }
    })
  }
}
