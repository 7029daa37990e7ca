import { useEffect, useState } from 'react'
import { Label } from 'react-aria-components/Label'
import { Input, SearchField } from 'react-aria-components/SearchField'
import { look, runList } from '../state/list-store.ts'
import { useSelect } from '../state/use.ts'
import { Button } from '../ui/button.tsx'
import { RunTable } from './run-table.tsx'
import { StartDialog } from './start-dialog.tsx'

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

/** All runs, and a way to start one. */
export const ListPage = () => {
  const { runs, q, status, problem, more } = useSelect(runList, (context) => context)
  const [starts, setStarts] = useState(false)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another search finds other runs
  useEffect(() => {
    const timer = setTimeout(() => void look('replaced'), q === '' ? 0 : 200)
    return () => clearTimeout(timer)
  }, [q, status])
  useEffect(() => {
    const timer = setInterval(() => !document.hidden && void look('found'), ROUND)
    return () => clearInterval(timer)
  }, [])
  return (
    <main className="list">
      <header className="list-head">
        <h1>Runs</h1>
        <SearchField value={q} onChange={(text) => runList.trigger.search({ q: text })} className="search">
          <Label className="hidden">Search runs</Label>
          <Input placeholder="Search by team or task" />
        </SearchField>
        <label className="filter">
          <span className="hidden">Status</span>
          <select value={status} onChange={({ target }) => runList.trigger.filter({ status: target.value })}>
            {statuses.map(([value, name]) => (
              <option key={value} value={value}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <Button kind="main" icon="plus" onPress={() => setStarts(true)}>
          Start a run
        </Button>
      </header>
      {problem && (
        <p className="notice bad" role="alert">
          {problem}
        </p>
      )}
      {runs && runs.length > 0 && <RunTable runs={runs} />}
      {runs?.length === 0 && <Nothing isSearch={q !== '' || status !== ''} start={() => setStarts(true)} />}
      {runs && runs.length >= 20 && more && (
        <div className="more">
          <Button onPress={() => void look('older')}>Older runs</Button>
        </div>
      )}
      <StartDialog isOpen={starts} close={() => setStarts(false)} />
    </main>
  )
}

const Nothing = ({ isSearch, start }: { isSearch: boolean; start(): void }) =>
  isSearch ? (
    <p className="empty page-empty">No run is like that.</p>
  ) : (
    <div className="empty page-empty">
      <p>There are no runs yet. The demo team needs no key: start it and watch.</p>
      <Button kind="main" icon="play" onPress={start}>
        Start the first run
      </Button>
    </div>
  )
