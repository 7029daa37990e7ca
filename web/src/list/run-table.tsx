import type { RunLine } from '../api/types.ts'
import { span, statusWords } from '../model/describe.ts'
import { useNow } from '../state/clock.ts'
import { runLink } from '../state/route.ts'
import { Status } from '../ui/status.tsx'

/** Runs in lines; each leads to its page. */
export const RunTable = ({ runs }: { runs: readonly RunLine[] }) => {
  const now = useNow()
  return (
    <table className="runs">
      <thead>
        <tr>
          <th scope="col">Run</th>
          <th scope="col">Team</th>
          <th scope="col">Status</th>
          <th scope="col">Waits for</th>
          <th scope="col">Age</th>
        </tr>
      </thead>
      <tbody>
        {runs.map((run) => (
          <tr key={run.id}>
            <td className="number">
              <a href={runLink(run.id)} aria-label={`Run ${run.id}, ${run.team}`}>
                {run.id}
              </a>
            </td>
            <td className="team-name">{run.team || '—'}</td>
            <td>
              <Status words={statusWords(run.status)} />
            </td>
            <td className="waits">{waitWords(run.waits_for)}</td>
            <td className="age">
              <time dateTime={run.created_at}>{span(now - Date.parse(run.created_at))}</time>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** Who waits for whom, however the server tells it. */
function waitWords(waits: unknown): string {
  if (waits === null || waits === undefined) return ''
  if (typeof waits === 'string') return waits
  if (Array.isArray(waits)) return waits.map(waitWords).filter(Boolean).join(', ')
  const { source, name, prompt } = waits as Record<string, unknown>
  const who = source ?? name
  return [who, prompt && `“${String(prompt).trim()}”`].filter(Boolean).join(': ')
}
