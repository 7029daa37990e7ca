import { useSyncExternalStore } from 'react'

/** The pictures of a run that stand beside its talk; on a narrow page the talk is one of them. */
export type Tab = 'talk' | 'team' | 'timeline' | 'chart' | 'log'

/** What of a run is looked at: so that a link shows what its sender saw. */
export interface RunView {
  /** A position in the run's inspection stream, as `/snapshot?at=` takes it; null is now. */
  at: number | null
  /** The id of a message. */
  msg: string | null
  /** The id of an actor: `12/team/critic`. */
  actor: string | null
  tab: Tab | null
}

/** Where in the page we are. */
export type Route =
  | { page: 'list'; q: string; status: string }
  | ({ page: 'run'; id: number } & RunView)
  | { page: 'unknown' }

const tabs: ReadonlySet<string> = new Set<Tab>(['talk', 'team', 'timeline', 'chart', 'log'])

/** Reads `#/runs/12?at=40&actor=12/team/critic`. What stands before the `#` counts too, where the rest does not say it. */
export function routeOf(hash: string, search = ''): Route {
  const [path = '', query = ''] = hash.replace(/^#/, '').split('?', 2)
  const params = new URLSearchParams([...new URLSearchParams(query), ...new URLSearchParams(search)])
  const [, id] = /^\/runs\/([1-9]\d*)\/?$/.exec(path) ?? []
  if (id !== undefined) return { page: 'run', id: Number(id), ...viewOf(Number(id), params) }
  if (path !== '' && path !== '/') return { page: 'unknown' }
  return { page: 'list', q: params.get('q') ?? '', status: params.get('status') ?? '' }
}

function viewOf(id: number, params: URLSearchParams): RunView {
  const at = params.get('at') ?? ''
  const actor = params.get('actor')
  const tab = params.get('tab')
  return {
    at: /^\d{1,15}$/.test(at) ? Number(at) : null,
    msg: params.get('msg') || null,
    // Without the run it means the same.
    actor: actor ? (actor === `${id}` || actor.startsWith(`${id}/`) ? actor : `${id}/${actor}`) : null,
    tab: tab !== null && tabs.has(tab) ? (tab as Tab) : null
  }
}

/** The address of a run's page, and of what is looked at in it. */
export function runLink(id: number, view: Partial<RunView> = {}): string {
  return `#/runs/${id}${queryOf({ at: view.at, msg: view.msg, actor: view.actor, tab: view.tab })}`
}

/** The address of the list, as it is filtered. */
export const listLink = (filter: { q?: string; status?: string } = {}): string => `#/${queryOf(filter)}`

function queryOf(params: Record<string, string | number | null | undefined>): string {
  const given = Object.entries(params).filter(
    ([, value]) => value !== null && value !== undefined && value !== ''
  )
  if (given.length === 0) return ''
  const query = new URLSearchParams(given.map(([key, value]) => [key, String(value)]))
  // Slashes may stand in a query, and are easier to read.
  return `?${String(query).replaceAll('%2F', '/')}`
}

/** Puts another address in the place of this one; subscribers are not called. */
export function replaceAddress(hash: string): void {
  if (location.hash === hash) return
  // What stands before the `#` has been taken over.
  history.replaceState(history.state, '', `${location.pathname}${hash}`)
}

export const useHash = (): string =>
  useSyncExternalStore(
    (changed) => {
      addEventListener('hashchange', changed)
      return () => removeEventListener('hashchange', changed)
    },
    () => location.hash
  )
