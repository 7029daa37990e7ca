import { useState } from 'react'
import { deleteRun } from '../api/runs.ts'
import type { RunLine } from '../api/types.ts'
import { isOver, statusWords } from '../model/words.ts'
import { runLink } from '../state/address.ts'
import { look, runList } from '../state/list-store.ts'
import { tellDone } from '../state/toasts.ts'
import { Button } from '../ui/button.tsx'
import { ConfirmDialog } from '../ui/confirm-dialog.tsx'
import { Status } from '../ui/status.tsx'
import { Ago } from '../ui/time.tsx'

/** Runs in lines; each leads to its page. */
export const RunTable = ({ runs }: { runs: readonly RunLine[] }) => {
  const [doomed, setDoomed] = useState<RunLine | null>(null)
  return (
    <>
      <table className="runs">
        <thead>
          <tr>
            <th scope="col">Run</th>
            <th scope="col">Task</th>
            <th scope="col">Team</th>
            <th scope="col">Status</th>
            <th scope="col">Started</th>
            <th scope="col">
              <span className="hidden">Delete</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {runs.map((run) => (
            <Line key={run.id} run={run} doom={() => setDoomed(run)} />
          ))}
        </tbody>
      </table>
      <ConfirmDialog
        title={`Delete run ${doomed?.id ?? ''}?`}
        isOpen={doomed !== null}
        close={() => setDoomed(null)}
        confirm="Delete"
        run={() => remove(doomed!.id)}
      >
        All that was kept of it is deleted: what was said, its moments, its state. That cannot be undone.
      </ConfirmDialog>
    </>
  )
}

const Line = ({ run, doom }: { run: RunLine; doom(): void }) => {
  const waits = waitWords(run.waits_for)
  const task = run.task?.trim()
  return (
    <tr>
      <td className="number">
        <a href={runLink(run.id)} aria-label={`Run ${run.id}, ${task || run.team}`}>
          {run.id}
        </a>
      </td>
      <td className="task" title={task || undefined} dir="auto">
        {task || <span className="quiet">no task yet</span>}
      </td>
      <td className="team-name">{run.team || '–'}</td>
      <td className="status-cell">
        <Status words={statusWords(run.status)} />
        {waits && <span className="waits">{waits}</span>}
      </td>
      <td className="age">
        <Ago at={Date.parse(run.created_at)} />
      </td>
      <td className="line-actions">
        {(isOver(run.status) || run.status === 'created') && (
          <Button kind="quiet" icon="trash" label={`Delete run ${run.id}`} onPress={doom} />
        )}
      </td>
    </tr>
  )
}

async function remove(id: number): Promise<void> {
  await deleteRun(id)
  runList.trigger.dropped({ id })
  tellDone(`Run ${id} is deleted.`)
  await look('found')
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
