import { layout as dagre, Graph } from '@dagrejs/dagre'
import { type Box, center, type Point, smooth } from './geometry.ts'
import type { PlanEdge } from './plan.ts'

type Size = { width: number; height: number }
type Sizes = ReadonlyMap<string, Size>

/** An arrow by the points through which it goes; `path` where it is no line of them with round corners. */
export interface LaidEdge extends Pick<PlanEdge, 'from' | 'to' | 'kind' | 'label'> {
  points: readonly Point[]
  path?: string
}

/** Where everything of a team stands. */
export interface Laid extends Size {
  boxes: Map<string, Box>
  edges: LaidEdge[]
}

const GAP = { x: 54, y: 44 }
/** How far an arrow stays away from the cards, in pixels. */
const LANE = 20
const EDGE = 8

/** How many columns make a grid that can be shown the largest in its place; `above` is what stands above it. */
function columnsFor(ids: readonly string[], sizes: Sizes, room: Size, above = 0): number {
  const widest = Math.max(...ids.map((id) => sizes.get(id)!.width)) + GAP.x
  const highest = Math.max(...ids.map((id) => sizes.get(id)!.height)) + GAP.y
  // What fits is large enough.
  const scale = (columns: number) =>
    Math.min(
      1,
      room.width / (columns * widest),
      room.height / (Math.ceil(ids.length / columns) * highest + above)
    )
  const all = Array.from({ length: ids.length }, (_, at) => at + 1)
  const best = all.reduce((one, other) => (scale(other) >= scale(one) * 0.92 ? other : one), 1)
  // Rows as even as they can be.
  return Math.ceil(ids.length / Math.ceil(ids.length / best))
}

/** Puts boxes in rows; every other one backwards where the turns go round. */
function grid(
  ids: readonly string[],
  sizes: Sizes,
  columns: number,
  top: number,
  isSnake: boolean
): Map<string, Box> {
  const rows = Array.from({ length: Math.ceil(ids.length / columns) }, (_, row) =>
    ids.slice(row * columns, (row + 1) * columns)
  )
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(
      0,
      ...rows.map(
        (row, at) => sizes.get(row[isSnake && at % 2 === 1 ? columns - 1 - column : column] ?? '')?.width ?? 0
      )
    )
  )
  const lefts = widths.map(
    (_, column) => EDGE + widths.slice(0, column).reduce((sum, width) => sum + width + GAP.x, 0)
  )
  const boxes = new Map<string, Box>()
  let y = top
  for (const [at, row] of rows.entries()) {
    const highest = Math.max(...row.map((id) => sizes.get(id)!.height))
    for (const [index, id] of row.entries()) {
      const column = isSnake && at % 2 === 1 ? columns - 1 - index : index
      const size = sizes.get(id)!
      const x = lefts[column]! + (widths[column]! - size.width) / 2
      boxes.set(id, { ...size, x, y: y + (highest - size.height) / 2 })
    }
    y += highest + GAP.y
  }
  return boxes
}

function extent(boxes: Iterable<Box>, edges: readonly LaidEdge[]): Size {
  const all = [...boxes]
  const points = edges.flatMap(({ points }) => points)
  const right = Math.max(...all.map(({ x, width }) => x + width), ...points.map(({ x }) => x))
  const bottom = Math.max(...all.map(({ y, height }) => y + height), ...points.map(({ y }) => y))
  return { width: right + EDGE, height: bottom + EDGE }
}

/** Who speaks in turn: in rows that go forth and back, and from the last one to the first again. */
export function asRing(ids: readonly string[], sizes: Sizes, room: Size, isOrdered: boolean): Laid {
  if (ids.length === 0) return { width: 0, height: 0, boxes: new Map(), edges: [] }
  const columns = columnsFor(ids, sizes, room)
  const isSnake = isOrdered && ids.length > columns
  const boxes = grid(ids, sizes, columns, EDGE, isSnake)
  // There is a way back on the left of several rows.
  if (isSnake) for (const box of boxes.values()) box.x += LANE
  const edges = isOrdered && ids.length > 1 ? ringEdges(ids, boxes, columns) : []
  return { boxes, edges, ...extent(boxes.values(), edges) }
}

function ringEdges(ids: readonly string[], boxes: ReadonlyMap<string, Box>, columns: number): LaidEdge[] {
  const pairs = ids.map((id, at) => [id, ids[(at + 1) % ids.length]!] as const)
  return pairs.map(([from, to], at): LaidEdge => {
    const [one, other] = [boxes.get(from)!, boxes.get(to)!]
    const isLast = at === ids.length - 1
    const points = isLast
      ? wayBack(one, other, [...boxes.values()], columns < ids.length)
      : wayOn(one, other, ids.length === 2)
    return { from, to, kind: 'order', points }
  })
}

/** To the neighbour: sideways in a row, down at its end. */
function wayOn(one: Box, other: Box, isPair: boolean): Point[] {
  const [from, to] = [center(one), center(other)]
  if (Math.abs(from.x - to.x) < Math.abs(from.y - to.y))
    return [
      { x: from.x, y: one.y + one.height },
      { x: to.x, y: other.y }
    ]
  const isRight = to.x > from.x
  const y = isPair ? Math.min(from.y, to.y) - 12 : (from.y + to.y) / 2
  return [
    { x: isRight ? one.x + one.width : one.x, y },
    { x: isRight ? other.x : other.x + other.width, y }
  ]
}

/** From the last one to the first, around the others. */
function wayBack(last: Box, first: Box, all: readonly Box[], hasRows: boolean): Point[] {
  const [from, to] = [center(last), center(first)]
  if (all.length === 2 && !hasRows) {
    const y = Math.max(from.y, to.y) + 12
    return [
      { x: last.x, y },
      { x: first.x + first.width, y }
    ]
  }
  if (!hasRows) {
    const below = Math.max(...all.map(({ y, height }) => y + height)) + LANE
    return [
      { x: from.x, y: last.y + last.height },
      { x: from.x, y: below },
      { x: to.x, y: below },
      { x: to.x, y: first.y + first.height }
    ]
  }
  const left = Math.min(...all.map(({ x }) => x)) - LANE
  const isLeft = all.every(({ x, y, height }) => x >= last.x || y + height <= last.y)
  const end = [
    { x: left, y: to.y },
    { x: first.x, y: to.y }
  ]
  if (isLeft) return [{ x: last.x, y: from.y }, { x: left, y: from.y }, ...end]
  const below = Math.max(...all.map(({ y, height }) => y + height)) + LANE
  return [{ x: from.x, y: last.y + last.height }, { x: from.x, y: below }, { x: left, y: below }, ...end]
}

const CHOOSER = { width: 232, height: 66 }

/** The selector stands above all members; the edges to them run between the cards. */
export function underChooser(ids: readonly string[], sizes: Sizes, room: Size, chooser: string): Laid {
  const columns = columnsFor(ids, sizes, room, CHOOSER.height + GAP.y + LANE)
  const boxes = grid(ids, sizes, columns, EDGE + CHOOSER.height + GAP.y + LANE, false)
  const right = Math.max(...[...boxes.values()].map(({ x, width }) => x + width))
  const top: Box = { ...CHOOSER, x: Math.max(EDGE, (EDGE + right - CHOOSER.width) / 2), y: EDGE }
  const bottom = top.y + top.height
  const firstRow = Math.min(...[...boxes.values()].map(({ y }) => y))
  const main = firstRow - LANE
  const start = { x: center(top).x, y: bottom }
  const edges = ids.map((id, at): LaidEdge => {
    const box = boxes.get(id)!
    const { x } = center(box)
    const end = { x, y: box.y }
    const ways = { from: chooser, to: id, kind: 'choice' as const }
    if (at < columns)
      return { ...ways, points: straighten([start, { x: start.x, y: main }, { x, y: main }, end]) }
    // Down beside the cards above, in the gap on their left.
    const column = ids.filter((_, other) => other % columns === at % columns)
    const gap = Math.min(...column.map((other) => boxes.get(other)!.x)) - GAP.x / 2
    const rail = box.y - LANE
    const down = [
      { x: gap, y: main },
      { x: gap, y: rail },
      { x, y: rail }
    ]
    return { ...ways, points: straighten([start, { x: start.x, y: main }, ...down, end]) }
  })
  boxes.set(chooser, top)
  return shiftedRight({ boxes, edges, ...extent(boxes.values(), edges) })
}

/** What went out on the left is brought in again. */
function shiftedRight(laid: Laid): Laid {
  const left = Math.min(
    ...laid.edges.flatMap(({ points }) => points.map(({ x }) => x)),
    ...[...laid.boxes.values()].map(({ x }) => x)
  )
  const by = Math.max(0, EDGE - left)
  if (by === 0) return laid
  for (const box of laid.boxes.values()) box.x += by
  return {
    ...laid,
    width: laid.width + by,
    edges: laid.edges.map((edge) => ({ ...edge, points: edge.points.map(({ x, y }) => ({ x: x + by, y })) }))
  }
}

/** Without points that lie on the line between their neighbours. */
const straighten = (points: readonly Point[]): Point[] =>
  points.filter((point, at) => {
    const [before, after] = [points[at - 1], points[at + 1]]
    if (!before || !after) return true
    const isOnLine =
      (before.x === point.x && point.x === after.x) || (before.y === point.y && point.y === after.y)
    return !isOnLine
  })

interface GraphEdge {
  from: string
  to: string
  label?: string
}

/** A graph: from left to right where that fits better, else from top to bottom. */
export function asGraph(
  ids: readonly string[],
  sizes: Sizes,
  edges: readonly GraphEdge[],
  room: Size,
  kind: PlanEdge['kind']
): Laid {
  const ways = (['LR', 'TB'] as const).map((rankdir) => withDagre(ids, sizes, edges, rankdir, kind))
  const scale = ({ width, height }: Laid) => Math.min(room.width / width, room.height / height)
  return ways.toSorted((a, b) => scale(b) - scale(a))[0]!
}

function withDagre(
  ids: readonly string[],
  sizes: Sizes,
  edges: readonly GraphEdge[],
  rankdir: 'LR' | 'TB',
  kind: PlanEdge['kind']
): Laid {
  const graph = new Graph({ multigraph: true })
  graph.setGraph({
    rankdir,
    nodesep: 34,
    edgesep: 22,
    ranksep: rankdir === 'LR' ? 46 : 44,
    marginx: EDGE,
    marginy: EDGE
  })
  for (const id of ids) graph.setNode(id, { ...sizes.get(id)! })
  for (const [at, { from, to, label }] of edges.entries())
    graph.setEdge(
      from,
      to,
      label ? { width: Math.min(180, label.length * 6.5 + 22), height: 22, labelpos: 'c' } : {},
      `${at}`
    )
  dagre(graph)
  const boxes = new Map(
    ids.map((id) => {
      const { x, y } = graph.node(id) as Point
      const size = sizes.get(id)!
      return [id, { ...size, x: x - size.width / 2, y: y - size.height / 2 }] as const
    })
  )
  const laid = edges.map(({ from, to, label }, at): LaidEdge => {
    const { points } = graph.edge({ v: from, w: to, name: `${at}` }) as { points: Point[] }
    return { from, to, kind, points, path: smooth(points), ...(label && { label }) }
  })
  return { boxes, edges: laid, ...extent(boxes.values(), laid) }
}

/** Many who may hand over to many: around a circle, so that the ways cross only in its middle. */
export function asCircle(ids: readonly string[], sizes: Sizes, edges: readonly GraphEdge[]): Laid {
  const widest = Math.max(...[...sizes.values()].map(({ width }) => width))
  const highest = Math.max(...[...sizes.values()].map(({ height }) => height))
  const [rx, ry] = [
    Math.max(widest * 1.15, (ids.length * widest) / 5),
    Math.max(highest * 1.7, (ids.length * highest) / 3)
  ]
  const boxes = new Map(
    ids.map((id, at) => {
      const angle = (at / ids.length) * 2 * Math.PI - Math.PI / 2
      const size = sizes.get(id)!
      const x = EDGE + widest / 2 + rx + rx * Math.cos(angle) - size.width / 2
      const y = EDGE + highest / 2 + ry + ry * Math.sin(angle) - size.height / 2
      return [id, { ...size, x, y }] as const
    })
  )
  const laid = edges.map(({ from, to }) => bow(from, to, boxes))
  return { boxes, edges: laid, ...extent(boxes.values(), laid) }
}

/** A bow between two cards; the way back bends to the other side. */
function bow(from: string, to: string, boxes: ReadonlyMap<string, Box>): LaidEdge {
  const [one, other] = [boxes.get(from)!, boxes.get(to)!]
  const [start, end] = [center(one), center(other)]
  const [dx, dy] = [end.x - start.x, end.y - start.y]
  const length = Math.hypot(dx, dy) || 1
  const bend = {
    x: (start.x + end.x) / 2 - (dy / length) * 24,
    y: (start.y + end.y) / 2 + (dx / length) * 24
  }
  const points = [border(one, bend), bend, border(other, bend)]
  return { from, to, kind: 'handoff', points, path: smooth(points) }
}

/** Where a line from the middle of a box leaves it. */
function border(box: Box, towards: Point): Point {
  const { x, y } = center(box)
  const [dx, dy] = [towards.x - x, towards.y - y]
  const scale = Math.min(
    dx === 0 ? Number.POSITIVE_INFINITY : box.width / 2 / Math.abs(dx),
    dy === 0 ? Number.POSITIVE_INFINITY : box.height / 2 / Math.abs(dy)
  )
  return { x: x + dx * scale, y: y + dy * scale }
}
