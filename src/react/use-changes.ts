import { useCallback, useRef, useSyncExternalStore } from 'react'
import type { ClientRun, ConnectOptions } from '../client/index.ts'

/** Where a server is, and as whom it is asked. */
export interface Server extends Pick<ConnectOptions, 'token' | 'user'> {
  /** Its address, such as `http://127.0.0.1:8081`. */
  url: string
}

/** Draws the component again after each change of a run, which is followed meanwhile. */
export function useChanges(run: ClientRun | null): void {
  const count = useRef(0)
  const subscribe = useCallback(
    (changed: () => void) =>
      run?.follow(() => {
        count.current++
        changed()
      }) ?? (() => {}),
    [run]
  )
  useSyncExternalStore(
    subscribe,
    () => count.current,
    () => 0
  )
}
