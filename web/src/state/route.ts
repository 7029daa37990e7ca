import { useSyncExternalStore } from 'react'

/** Where in the page we are. */
export type Route = { page: 'list' } | { page: 'run'; id: number }

/** Reads `#/runs/12`. */
export function routeOf(hash: string): Route {
  const [, id] = /^#\/runs\/([1-9]\d*)$/.exec(hash) ?? []
  return id === undefined ? { page: 'list' } : { page: 'run', id: Number(id) }
}

/** The address of a run's page. */
export const runLink = (id: number): string => `#/runs/${id}`

export const useHash = (): string =>
  useSyncExternalStore(
    (changed) => {
      addEventListener('hashchange', changed)
      return () => removeEventListener('hashchange', changed)
    },
    () => location.hash
  )
