import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'

/** How near to the end counts as being there, in pixels. */
const NEAR = 60
/** How long after a person has moved the list it still moves by that, in milliseconds. */
const MOMENTUM = 600
/** What is further away than that is out of sight, in pixels. */
const FAR = 1000

const KEYS = new Set(['ArrowUp', 'ArrowDown', 'PageUp', 'PageDown', 'Home', 'End', ' '])

/**
 * Keeps a list at its end while the reader is there. Only what a person does lets go of the end: a list moves by
 * itself too, while its lines are measured.
 *
 * @param rest how far the end is below what is seen, in pixels; it is asked whenever the list moves, so it lays out nothing
 * @param changed whatever makes the list longer
 */
export function useFollow(
  scroller: RefObject<HTMLElement | null>,
  rest: () => number,
  changed: readonly unknown[]
) {
  const restRef = useRef(rest)
  const [follows, setFollows] = useState(true)
  const moved = useRef(0)
  const toEnd = useCallback(() => {
    const element = scroller.current
    if (element) element.scrollTop = element.scrollHeight
  }, [scroller])
  useLayoutEffect(() => {
    if (follows) toEnd()
  }, [follows, toEnd, ...changed])
  useEffect(() => {
    const element = scroller.current
    if (!element) return
    const touch = () => {
      moved.current = performance.now()
    }
    const press = ({ key }: KeyboardEvent) => KEYS.has(key) && touch()
    const scroll = () => {
      const left = restRef.current()
      // By itself it never moves that far: the browser's search or a screen reader has moved it.
      const isFar = left > FAR
      if (isFar || performance.now() - moved.current <= MOMENTUM) setFollows(left < NEAR)
    }
    const events = ['wheel', 'touchmove', 'pointerdown'] as const
    for (const name of events) element.addEventListener(name, touch, { passive: true })
    element.addEventListener('keydown', press)
    element.addEventListener('scroll', scroll, { passive: true })
    return () => {
      for (const name of events) element.removeEventListener(name, touch)
      element.removeEventListener('keydown', press)
      element.removeEventListener('scroll', scroll)
    }
  }, [scroller])
  return { follows, setFollows }
}
