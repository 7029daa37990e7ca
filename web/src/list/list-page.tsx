import { useEffect, useRef } from 'react'
import { Label } from 'react-aria-components/Label'
import { Input, SearchField } from 'react-aria-components/SearchField'
import { listLink, type Route, replaceAddress, routeOf } from '../state/address.ts'
import { type Command, useCommands } from '../state/commands.ts'
import { look, runList } from '../state/list-store.ts'
import { startForms } from '../state/start-form.ts'
import { useSelect } from '../state/use.ts'
import { Button } from '../ui/button.tsx'
import { useShortcuts } from '../ui/shortcuts.ts'
import { TopBar } from '../ui/top-bar.tsx'
import { RunTable } from './run-table.tsx'

/** How often the list is read again, in milliseconds. */
const ROUND = 2000

const statuses: [string, string][] = [
  ['', 'Any status'],
  ['active', 'Running'],
  ['awaiting_input', 'Waits for a person'],
  ['paused', 'Paused'],
  ['complete', 'Complete'],
  ['stopped', 'Stopped'],
  ['error', 'Failed'],
  ['created', 'Not started']
]

const offered: readonly Command[] = [
  {
    id: 'start',
    name: 'Start a run',
    section: 'Everywhere',
    icon: 'play',
    shortcut: 'N',
    run: startForms.open
  }
]

/** All runs, and a way to start one. */
export const ListPage = ({ route }: { route: Extract<Route, { page: 'list' }> }) => {
  const { runs, q, status, problem, more } = useSelect(runList, (context) => context)
  const search = useRef<HTMLInputElement>(null)
  useList(route)
  useScrollPlace(runs !== null)
  useCommands('list', offered)
  useShortcuts({ n: startForms.open, '/': () => search.current?.focus() })
  useEffect(() => {
    document.title = 'Runs · Troupe'
  }, [])
  return (
    <>
      <TopBar />
      <main className="list">
        <header className="list-head">
          <h1>Runs</h1>
          <SearchField value={q} onChange={(text) => runList.trigger.search({ q: text })} className="search">
            <Label className="hidden">Search runs</Label>
            <Input placeholder="Search by team, task or number" ref={search} />
          </SearchField>
          <label className="filter">
            <span className="hidden">Status</span>
            <select
              value={status}
              onChange={({ target }) => runList.trigger.filter({ status: target.value })}
            >
              {statuses.map(([value, name]) => (
                <option key={value} value={value}>
                  {name}
                </option>
              ))}
            </select>
          </label>
          <Button kind="main" icon="plus" onPress={startForms.open}>
            Start a run
          </Button>
        </header>
        {problem && (
          <p className="notice bad" role="alert">
            {problem}
          </p>
        )}
        {runs && runs.length > 0 && <RunTable runs={runs} />}
        {runs?.length === 0 && <Nothing isSearch={q !== '' || status !== ''} />}
        {runs && runs.length >= 20 && more && (
          <div className="more">
            <Button onPress={() => void look('older')}>Older runs</Button>
          </div>
        )}
      </main>
    </>
  )
}

/** Looks for runs as the address says, and keeps what is looked for in the address. */
function useList({ q: givenQ, status: givenStatus }: Extract<Route, { page: 'list' }>): void {
  const { q, status } = useSelect(runList, (context) => context)
  // biome-ignore lint/correctness/useExhaustiveDependencies: what the address says counts when it is opened
  useEffect(() => {
    runList.trigger.search({ q: givenQ })
    runList.trigger.filter({ status: givenStatus })
  }, [])
  const isFirst = useRef(true)
  useEffect(() => {
    // What was there before is still right, and the scroll position is kept.
    const how = isFirst.current && runList.getSnapshot().context.runs !== null ? 'found' : 'replaced'
    isFirst.current = false
    const timer = setTimeout(() => void look(how), q === '' ? 0 : 200)
    if (routeOf(location.hash).page === 'list') replaceAddress(listLink({ q, status }))
    return () => clearTimeout(timer)
  }, [q, status])
  useEffect(() => {
    const timer = setInterval(() => !document.hidden && void look('found'), ROUND)
    return () => clearInterval(timer)
  }, [])
}

let scrolled = 0

/** Comes back to where the list was left. */
function useScrollPlace(isThere: boolean): void {
  useEffect(() => {
    if (!isThere) return
    const place = document.querySelector('.list')
    if (!place) return
    place.scrollTop = scrolled
    const note = () => {
      scrolled = place.scrollTop
    }
    place.addEventListener('scroll', note, { passive: true })
    return () => place.removeEventListener('scroll', note)
  }, [isThere])
}

const Nothing = ({ isSearch }: { isSearch: boolean }) =>
  isSearch ? (
    <div className="empty page-empty">
      <p>No run fits this search.</p>
      <Button
        onPress={() => {
          runList.trigger.search({ q: '' })
          runList.trigger.filter({ status: '' })
        }}
      >
        Show all runs
      </Button>
    </div>
  ) : (
    <div className="empty page-empty">
      <p>There are no runs yet. The demo team needs no key: start it and watch.</p>
      <Button kind="main" icon="play" onPress={startForms.open}>
        Start the first run
      </Button>
    </div>
  )
