import { layout as dagre, Graph } from '@dagrejs/dagre'

const GAP = { x: 56, y: 40 }
const EDGE = 10

/** The size of a card, in pixels; on a phone two of them stand beside each other. */
export interface Card {
  width: number
  height: number
}
const cardFor = (width: number): Card => ({
  width: width < 480 ? Math.max(140, (width - 46) / 2) : 196,
  height: 76
})

/** Where cards stand. */
export interface Placed {
  card: Card
  width: number
  height: number
  /** The middle of each card. */
  at: ReadonlyMap<string, { x: number; y: number }>
}

/** Puts cards beside and below each other, every other row backwards: who speaks in turn goes round. */
export function inRows(names: readonly string[], width: number): Placed {
  const card = cardFor(width)
  const gap = width < 480 ? 24 : GAP.x
  const fitting = Math.floor((width - 2 * EDGE + gap) / (card.width + gap))
  const most = Math.max(1, Math.min(names.length, fitting))
  const rows = Math.max(1, Math.ceil(names.length / most))
  const columns = Math.max(1, Math.ceil(names.length / rows))
  const at = new Map(
    names.map((name, index) => {
      const row = Math.floor(index / columns)
      const column = row % 2 === 0 ? index % columns : columns - 1 - (index % columns)
      const x = EDGE + card.width / 2 + column * (card.width + gap)
      return [name, { x, y: EDGE + card.height / 2 + row * (card.height + GAP.y) }] as const
    })
  )
  return {
    card,
    width: 2 * EDGE + columns * (card.width + gap) - gap,
    height: 2 * EDGE + rows * (card.height + GAP.y) - GAP.y,
    at
  }
}

/** Lays out a graph: from left to right where there is room, else from top to bottom. */
export function asGraph(
  names: readonly string[],
  edges: readonly { from: string; to: string }[],
  width: number
): Placed {
  const card = cardFor(width)
  const across = place(names, edges, card, 'LR')
  return across.width <= width ? across : place(names, edges, card, 'TB')
}

function place(
  names: readonly string[],
  edges: readonly { from: string; to: string }[],
  card: Card,
  rankdir: 'LR' | 'TB'
): Placed {
  const graph = new Graph()
  graph.setGraph({ rankdir, nodesep: 22, ranksep: rankdir === 'LR' ? 58 : 40, marginx: EDGE, marginy: EDGE })
  graph.setDefaultEdgeLabel(() => ({}))
  for (const name of names) graph.setNode(name, { ...card })
  for (const { from, to } of edges) if (names.includes(from) && names.includes(to)) graph.setEdge(from, to)
  dagre(graph)
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number }
  const at = new Map(
    names.map((name) => {
      const { x, y } = graph.node(name) as { x: number; y: number }
      return [name, { x, y }] as const
    })
  )
  return { card, width, height, at }
}
