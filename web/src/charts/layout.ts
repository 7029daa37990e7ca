/** A state's box; `at` is x, y, width, height in pixels. */
export interface ChartBox {
  id: string
  /** The keys that lead to the state: `['running', 'active']`. */
  path: readonly string[]
  title: string
  kind: 'chart' | 'state' | 'final' | 'begin'
  depth: number
  /** Whether there are states in it. */
  isOuter: boolean
  at: [number, number, number, number]
  lines: readonly { text: string; kind: 'invoke' | 'event'; event?: string }[]
}

/** An arrow between two states; `at` of its label is x, y, width. */
export interface ChartEdge {
  id: string
  from: string
  to: string
  events: readonly string[]
  points: readonly (readonly [number, number] | number[])[]
  label?: { lines: readonly string[]; at: [number, number, number] | number[] }
}

/** A chart as it was laid out when the page was built. */
export interface ChartLayout {
  id: string
  width: number
  height: number
  boxes: readonly ChartBox[]
  edges: readonly ChartEdge[]
}

/** All drawings of a chart: of several the one is taken that is the largest in its place. */
export interface ChartDrawings {
  whole: readonly ChartLayout[]
  /** The same without what stands deep in it. */
  folded?: readonly ChartLayout[]
}

/** At which scale a drawing fits into a place. */
export const scaleIn = (
  { width, height }: { width: number; height: number },
  place: { width: number; height: number }
): number => Math.min(place.width / width, place.height / height)
