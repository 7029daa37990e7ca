import {
  MiniMap,
  type Node,
  type NodeTypes,
  Panel,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
  useViewport,
  ViewportPortal
} from '@xyflow/react'
import '@xyflow/react/dist/base.css'
import { type ReactNode, useCallback, useEffect, useRef } from 'react'
import type { Box } from '../team/geometry.ts'
import { Button } from './button.tsx'
import { useSize } from './use-size.ts'

interface CanvasProps {
  label: string
  nodes: Node[]
  nodeTypes: NodeTypes
  /** How large the drawing is, in its own pixels. */
  size: { width: number; height: number }
  /** What is to be seen, such as the state that is lit; null where nothing is. */
  focus: Box | null
  /** Changes when another drawing is shown: it is shown as a whole then. */
  drawing: string
  /** A drawing that would have to be smaller than this to be seen as a whole is shown in part. */
  legible?: number
  /** What is drawn behind or between the nodes, such as arrows. */
  children: ReactNode
}

const SMALLEST = 0.08
const LARGEST = 2.5
const MARGIN = 14
/** Of its own accord a drawing is not shown larger than this. */
const NATURAL = 1.15

const none: never[] = []

/** A drawing that can be moved and zoomed: by dragging, by wheel, by keys, by buttons, and on a small map of it. */
export const Canvas = (props: CanvasProps) => (
  <ReactFlowProvider>
    <Inside {...props} />
  </ReactFlowProvider>
)

const Inside = ({ label, nodes, nodeTypes, size, focus, drawing, legible = 0.7, children }: CanvasProps) => {
  const frame = useRef<HTMLDivElement>(null)
  const room = useSize(frame)
  const { touch, showAll, keys } = useCamera({ room, size, focus, drawing, legible })
  return (
    // biome-ignore lint/a11y/useSemanticElements: a drawing that is moved by keys is no section of a document
    <div className="canvas" role="group" aria-label={label} ref={frame} tabIndex={0} onKeyDown={keys}>
      <ReactFlow
        nodes={nodes}
        edges={none}
        nodeTypes={nodeTypes}
        minZoom={SMALLEST}
        maxZoom={LARGEST}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        panOnScroll
        zoomOnDoubleClick={false}
        deleteKeyCode={null}
        selectionKeyCode={null}
        multiSelectionKeyCode={null}
        disableKeyboardA11y
        onMoveStart={touch}
        proOptions={{ hideAttribution: true }}
      >
        <ViewportPortal>{children}</ViewportPortal>
        <Controls showAll={showAll} />
        <OverviewMap room={room} size={size} />
      </ReactFlow>
    </div>
  )
}

const Controls = ({ showAll }: { showAll(): void }) => {
  const { zoomIn, zoomOut } = useReactFlow()
  return (
    <Panel position="bottom-left" className="canvas-controls">
      <Button icon="plus" kind="quiet" label="Larger" onPress={() => void zoomIn()} />
      <Button icon="minus" kind="quiet" label="Smaller" onPress={() => void zoomOut()} />
      <Button icon="fit" kind="quiet" label="Fit" onPress={showAll} />
    </Panel>
  )
}

/** A map of the whole drawing, where not all of it is to be seen. */
const OverviewMap = ({ room, size }: { room: Size; size: Size }) => {
  const { x, y, zoom } = useViewport()
  const isWhole =
    x > -1 && y > -1 && x + size.width * zoom < room.width + 1 && y + size.height * zoom < room.height + 1
  if (isWhole || room.width < 420) return null
  return <MiniMap className="canvas-map" ariaLabel="Map of the drawing" pannable zoomable />
}

type Size = { width: number; height: number }

type CameraOptions = Required<Pick<CanvasProps, 'size' | 'focus' | 'drawing' | 'legible'>> & { room: Size }

/** Fits the drawing into the view, until a person has moved it. */
function useCamera({ room, size, focus, drawing, legible }: CameraOptions) {
  const { setViewport, getViewport, zoomIn, zoomOut } = useReactFlow()
  const isTouched = useRef(false)
  const show = useCallback(
    (least: number) => {
      if (room.width === 0 || room.height === 0) return
      const whole = Math.min((room.width - 2 * MARGIN) / size.width, (room.height - 2 * MARGIN) / size.height)
      const zoom = Math.max(SMALLEST, least, Math.min(NATURAL, whole))
      const start = (space: number, length: number) => Math.max(MARGIN, (space - length * zoom) / 2)
      void setViewport({ x: start(room.width, size.width), y: start(room.height, size.height), zoom })
    },
    [room, size, setViewport]
  )
  // biome-ignore lint/correctness/useExhaustiveDependencies: another drawing has not been moved yet
  useEffect(() => {
    isTouched.current = false
  }, [drawing])
  // biome-ignore lint/correctness/useExhaustiveDependencies: another drawing is shown anew
  useEffect(() => {
    if (!isTouched.current) show(legible)
  }, [show, legible, drawing])
  const { x, y, width, height } = focus ?? { x: 0, y: 0, width: 0, height: 0 }
  useEffect(() => {
    if (width === 0 || isTouched.current || room.width === 0) return
    const view = getViewport()
    const moved = inView({ x, y, width, height }, view, room)
    if (moved) void setViewport(moved, { duration: prefersStill() ? 0 : 250 })
  }, [x, y, width, height, room, getViewport, setViewport])
  const touch = useCallback((event: unknown) => {
    if (event) isTouched.current = true
  }, [])
  const showAll = useCallback(() => {
    isTouched.current = false
    show(0)
  }, [show])
  const keys = (event: React.KeyboardEvent) => {
    const way = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key]
    // Keys that are for something inside are not for the drawing.
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return
    if (way) {
      const view = getViewport()
      isTouched.current = true
      void setViewport({ ...view, x: view.x + way[0]! * 60, y: view.y + way[1]! * 60 })
    } else if (event.key === '+' || event.key === '=') void zoomIn()
    else if (event.key === '-') void zoomOut()
    else if (event.key === '0') showAll()
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  return { touch, showAll, keys }
}

const prefersStill = (): boolean => matchMedia('(prefers-reduced-motion: reduce)').matches

interface View {
  x: number
  y: number
  zoom: number
}

/** The nearest view in which a box is to be seen; null where it is already. */
function inView(box: Box, view: View, room: { width: number; height: number }): View | null {
  const shift = (from: number, length: number, space: number): number => {
    const [start, end] = [from - 2 * MARGIN, from + length + 2 * MARGIN]
    if (end - start > space || start < 0) return -start
    return end > space ? space - end : 0
  }
  const dx = shift(view.x + box.x * view.zoom, box.width * view.zoom, room.width)
  const dy = shift(view.y + box.y * view.zoom, box.height * view.zoom, room.height)
  // Next to the edge is near enough.
  const isIn =
    view.x + box.x * view.zoom >= 0 &&
    view.y + box.y * view.zoom >= 0 &&
    view.x + (box.x + box.width) * view.zoom <= room.width &&
    view.y + (box.y + box.height) * view.zoom <= room.height
  return isIn ? null : { ...view, x: view.x + dx, y: view.y + dy }
}
