import { memo } from 'react'
import { ArrowTips } from '../charts/arrow-tips.tsx'
import type { Card, Placed } from './team-layout.ts'

/** A way from one to another. */
export interface TeamEdge {
  from: string
  to: string
  text?: string
  isLast: boolean
  isTaken: boolean
}

interface Point {
  x: number
  y: number
}

/** Where a line from the middle of a card leaves it. */
function border(from: Point, to: Point, card: Card): Point {
  const [dx, dy] = [to.x - from.x, to.y - from.y]
  const scale = Math.min(
    dx === 0 ? Number.POSITIVE_INFINITY : card.width / 2 / Math.abs(dx),
    dy === 0 ? Number.POSITIVE_INFINITY : card.height / 2 / Math.abs(dy)
  )
  return { x: from.x + dx * scale, y: from.y + dy * scale }
}

/** A bow between two cards; the way back bends to the other side. */
function bow(from: Point, to: Point, card: Card): { path: string; middle: Point } {
  const [dx, dy] = [to.x - from.x, to.y - from.y]
  const length = Math.hypot(dx, dy) || 1
  const bend = Math.min(46, 14 + length * 0.09)
  const middle = {
    x: (from.x + to.x) / 2 - (dy / length) * bend,
    y: (from.y + to.y) / 2 + (dx / length) * bend
  }
  const [start, end] = [border(from, middle, card), border(to, middle, card)]
  return { path: `M${start.x} ${start.y}Q${middle.x} ${middle.y} ${end.x} ${end.y}`, middle }
}

const loop = ({ x, y }: Point, { height }: Card): string => {
  const top = y - height / 2
  return `M${x - 16} ${top}C${x - 30} ${top - 26} ${x + 30} ${top - 26} ${x + 16} ${top}`
}

/** The arrows of a team view. */
export const TeamEdges = memo(({ placed, edges }: { placed: Placed; edges: readonly TeamEdge[] }) => (
  <svg className="team-edges" width={placed.width} height={placed.height} aria-hidden="true">
    <ArrowTips ids={['tip', 'tip-taken', 'tip-last']} />
    {edges.map((edge) => {
      const [from, to] = [placed.at.get(edge.from), placed.at.get(edge.to)]
      if (!from || !to) return null
      const { path, middle } =
        edge.from === edge.to ? { path: loop(from, placed.card), middle: from } : bow(from, to, placed.card)
      const kind = edge.isLast ? 'last' : edge.isTaken ? 'taken' : ''
      return (
        <g key={`${edge.from}→${edge.to}`} className={`team-edge ${kind}`}>
          <path d={path} markerEnd={`url(#tip${kind && `-${kind}`})`} />
          {edge.text && (
            <text x={(middle.x * 2 + from.x + to.x) / 4} y={(middle.y * 2 + from.y + to.y) / 4 + 4}>
              {edge.text}
            </text>
          )}
        </g>
      )
    })}
  </svg>
))
