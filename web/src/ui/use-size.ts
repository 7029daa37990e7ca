import { type RefObject, useEffect, useLayoutEffect, useRef, useState } from 'react'

/** How large an element is inside, in pixels; what was given for a start until it is there. */
export function useSize(
  element: RefObject<HTMLElement | null>,
  start = { width: 0, height: 0 }
): { width: number; height: number } {
  const [size, setSize] = useState(start)
  const observed = useRef<{ element: HTMLElement; observer: ResizeObserver } | null>(null)
  // After each time it is drawn: the element may come later, or be another one.
  useLayoutEffect(() => {
    const { current } = element
    if (observed.current?.element === current) return
    observed.current?.observer.disconnect()
    observed.current = null
    if (!current) return
    const measure = () => {
      const { clientWidth: width, clientHeight: height } = current
      setSize((known) => (known.width === width && known.height === height ? known : { width, height }))
    }
    const observer = new ResizeObserver(measure)
    observer.observe(current)
    observed.current = { element: current, observer }
    measure()
  })
  useEffect(
    () => () => {
      observed.current?.observer.disconnect()
      observed.current = null
    },
    []
  )
  return size
}
