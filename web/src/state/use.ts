import { useRef, useSyncExternalStore } from 'react'

interface Readable<Context> {
  getSnapshot(): { context: Context }
  subscribe(changed: () => void): { unsubscribe(): void }
}

/** A part of a store; `select` gives the same thing as long as it has not changed. */
export const useSelect = <Context, Part>(
  store: Readable<Context>,
  select: (context: Context) => Part
): Part =>
  useSyncExternalStore(
    (changed) => {
      const { unsubscribe } = store.subscribe(changed)
      return unsubscribe
    },
    () => select(store.getSnapshot().context)
  )

/** The same list as before where the same things stand in it: what is made of it need not be made again. */
export function useSame<Thing>(list: readonly Thing[]): readonly Thing[] {
  const kept = useRef(list)
  const { current } = kept
  if (current !== list && (current.length !== list.length || current.some((one, at) => one !== list[at])))
    kept.current = list
  return kept.current
}
