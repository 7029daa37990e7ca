import { useCallback, useRef, useSyncExternalStore } from 'react'

interface Readable<Context> {
  getSnapshot(): { context: Context }
  subscribe(changed: () => void): { unsubscribe(): void }
}

/**
 * A part of a store. Where `select` makes it anew each time, `isSame` says whether anything has changed: a component that
 * uses the part is drawn again only then.
 */
export function useSelect<Context, Part>(
  store: Readable<Context>,
  select: (context: Context) => Part,
  isSame: (one: Part, other: Part) => boolean = Object.is
): Part {
  const kept = useRef<{ part: Part } | null>(null)
  const subscribe = useCallback(
    (changed: () => void) => {
      const { unsubscribe } = store.subscribe(changed)
      return unsubscribe
    },
    [store]
  )
  return useSyncExternalStore(subscribe, () => {
    const part = select(store.getSnapshot().context)
    if (kept.current && isSame(kept.current.part, part)) return kept.current.part
    kept.current = { part }
    return part
  })
}

/** Whether two objects have the same fields with the same values. */
export function isSameFields<Thing extends object>(one: Thing, other: Thing): boolean {
  const keys = Object.keys(one) as (keyof Thing)[]
  return keys.length === Object.keys(other).length && keys.every((key) => Object.is(one[key], other[key]))
}

/** The same list as before where the same things stand in it: what is made of it need not be made again. */
export function useSame<Thing>(list: readonly Thing[]): readonly Thing[] {
  const kept = useRef(list)
  const { current } = kept
  if (current !== list && (current.length !== list.length || current.some((one, at) => one !== list[at])))
    kept.current = list
  return kept.current
}
