/** A place in a drawing, in pixels. */
export interface Point {
  x: number
  y: number
}

/** A box in a drawing; `x` and `y` are its upper left corner. */
export interface Box extends Point {
  width: number
  height: number
}

export const center = ({ x, y, width, height }: Box): Point => ({ x: x + width / 2, y: y + height / 2 })

/** How round the corners of arrows are, in pixels. */
const RADIUS = 10

/** A path through points with round corners. */
export function rounded(points: readonly Point[], radius = RADIUS): string {
  return points
    .map((point, at) => {
      const [before, after] = [points[at - 1], points[at + 1]]
      if (!before) return `M${round(point.x)} ${round(point.y)}`
      if (!after) return `L${round(point.x)} ${round(point.y)}`
      return `L${towards(point, before, radius)}Q${round(point.x)} ${round(point.y)} ${towards(point, after, radius)}`
    })
    .join('')
}

const round = (value: number): number => Math.round(value * 10) / 10

function towards({ x, y }: Point, other: Point, radius: number): string {
  const length = Math.hypot(other.x - x, other.y - y) || 1
  const part = Math.min(radius, length / 2) / length
  return `${round(x + (other.x - x) * part)} ${round(y + (other.y - y) * part)}`
}

/** A smooth path through points that were laid out as a bend each. */
export function smooth(points: readonly Point[]): string {
  if (points.length < 3) return rounded(points)
  const [first, ...rest] = points as [Point, ...Point[]]
  const middle = (one: Point, other: Point): Point => ({ x: (one.x + other.x) / 2, y: (one.y + other.y) / 2 })
  const bends = rest.slice(0, -1).map((bend, at) => {
    const next = rest[at + 1]!
    const end = at === rest.length - 2 ? next : middle(bend, next)
    return `Q${round(bend.x)} ${round(bend.y)} ${round(end.x)} ${round(end.y)}`
  })
  return `M${round(first.x)} ${round(first.y)}${bends.join('')}`
}

/** The point halfway along a line through points. */
export function halfway(points: readonly Point[]): Point {
  const lengths = points
    .slice(1)
    .map((point, at) => Math.hypot(point.x - points[at]!.x, point.y - points[at]!.y))
  let left = lengths.reduce((sum, length) => sum + length, 0) / 2
  for (const [at, length] of lengths.entries()) {
    if (left <= length && length > 0) {
      const [from, to] = [points[at]!, points[at + 1]!]
      const part = left / length
      return { x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part }
    }
    left -= length
  }
  return points.at(-1) ?? { x: 0, y: 0 }
}
