import { useLayoutEffect, useState } from 'react'

/** How large an element is inside, in pixels; what was given for a start until it is there. */
export function useSize(
  element: React.RefObject<HTMLElement | null>,
  start = { width: 0, height: 0 }
): { width: number; height: number } {
  const [size, setSize] = useState(start)
  useLayoutEffect(() => {
    const { current } = element
    if (!current) return
    const measure = () => {
      const { clientWidth: width, clientHeight: height } = current
      setSize((known) => (known.width === width && known.height === height ? known : { width, height }))
    }
    const observer = new ResizeObserver(measure)
    observer.observe(current)
    measure()
    return () => observer.disconnect()
  }, [element])
  return size
}
