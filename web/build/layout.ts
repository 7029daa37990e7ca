import ElkConstructor, { type ELK, type ElkExtendedEdge, type ElkNode } from 'elkjs'
import type { AnyStateMachine, AnyStateNode } from 'xstate'
import { drawnCharts } from '../../src/runtime/inspection/chart-export.ts'
import type { ChartBox, ChartEdge, ChartLayout } from '../src/charts/layout.ts'
import { isDeep, type Plan, plan } from './elk-graph.ts'

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
export async function layoutCharts(): Promise<Record<string, ChartLayout>> {
  // The package's types say that the module is the class; it holds the class.
  const Elk = ElkConstructor as unknown as new () => ELK
  const elk = new Elk()
  const laid = await Promise.all(
    drawnCharts().map(async (chart) => [chart.id, await both(elk, chart)] as const)
  )
  return Object.fromEntries(laid)
}

/** A chart as a whole, and without what stands deep in it, where there is such. */
async function both(elk: ELK, machine: AnyStateMachine): Promise<ChartLayout> {
  const whole = await layout(elk, machine, () => false)
  const folded = await layout(elk, machine, isDeep)
  return folded.boxes.length < whole.boxes.length ? { ...whole, folded } : whole
}

async function layout(
  elk: ELK,
  machine: AnyStateMachine,
  isShut: (node: AnyStateNode) => boolean
): Promise<ChartLayout> {
  const planned = plan(machine, isShut)
  const graph = await elk.layout(planned.graph, { layoutOptions: options })
  return {
    id: machine.id,
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
