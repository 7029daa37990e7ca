import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'

/** How near to the end counts as being there, in pixels. */
const NEAR = 60
/** How long after somebody has moved the list it still moves by that, in milliseconds. */
const MOMENTUM = 600

const KEYS = new Set(['ArrowUp', 'ArrowDown', 'PageUp', 'PageDown', 'Home', 'End', ' '])

/**
 * Keeps a list at its end while whoever reads is there. Only what a person does lets go of the end: a list moves by
 * itself too, while its lines are measured.
 *
 * @param changed whatever makes the list longer
 */
export function useFollow(scroller: RefObject<HTMLElement | null>, changed: readonly unknown[]) {
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
      if (performance.now() - moved.current > MOMENTUM) return
      const { scrollTop, scrollHeight, clientHeight } = element
      setFollows(scrollHeight - scrollTop - clientHeight < NEAR)
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
