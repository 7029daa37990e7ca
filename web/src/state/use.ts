import { useSyncExternalStore } from 'react'

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
