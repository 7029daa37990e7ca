import { lazy, Suspense, useEffect, useState } from 'react'
import { Label, TextArea, TextField } from 'react-aria-components/TextField'
import { checkTeam, type Finding, listTeams, startRun } from '../api/runs.ts'
import type { Component, TeamRow } from '../api/types.ts'
import { oneLine } from '../model/format.ts'
import { runLink } from '../state/address.ts'
import { OWN, type StartForm, startForm } from '../state/start-form.ts'
import { useSelect } from '../state/use.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { FileField, readState, toFiles } from './files.tsx'

/** The editor is large, and few need it. */
const JsonEditor = lazy(() => import('./json-editor.tsx'))

const set = (fields: Partial<StartForm>): void => startForm.trigger.change({ fields })

/** Starts a run: a team, a task, files. What was filled in stays when the dialog is closed. */
export const StartDialog = () => {
  const isOpen = useSelect(startForm, (form) => form.isOpen)
  return (
    // A click beside it is too easily made.
    <Dialog
      title="Start a run"
      size="wide"
      isLight={false}
      isOpen={isOpen}
      close={() => startForm.trigger.close()}
    >
      {isOpen && <Form />}
    </Dialog>
  )
}

const Form = () => {
  const form = useSelect(startForm, (context) => context)
  const { teams, problem: unread } = useTeams()
  const stored = teams.find(({ id }) => String(id) === form.choice)
  const [findings, setFindings] = useState<readonly Finding[]>([])
  const { start, isBusy, problem } = useStart(form, stored)
  const lack = lackOf(form, stored, findings)
  return (
    <form
      className="start"
      onSubmit={(event) => {
        event.preventDefault()
        if (lack === null) void start()
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return
        event.preventDefault()
        if (lack === null && !isBusy) void start()
      }}
    >
      <TeamField teams={teams} stored={stored} choice={form.choice} />
      {form.choice === OWN && (
        <Suspense fallback={<div className="editor loading">The editor is being loaded…</div>}>
          <JsonEditor text={form.text} change={(text) => set({ text })} found={setFindings} />
        </Suspense>
      )}
      <TaskField task={form.task} examples={stored?.component.example_tasks ?? []} />
      <div className="two">
        <FileField
          label="Files for the team"
          multiple
          files={form.files}
          change={(files) => set({ files })}
        />
        <FileField
          label="Begin with a saved state"
          accept="application/json"
          files={form.state}
          change={(state) => set({ state })}
        />
      </div>
      {(problem || unread) && (
        <p className="problem" role="alert">
          {problem || unread}
        </p>
      )}
      <footer>
        {lack !== null && <p className="lack">{lack}</p>}
        <Button onPress={() => startForm.trigger.close()}>Cancel</Button>
        <Button kind="main" icon="play" type="submit" isDisabled={isBusy || lack !== null}>
          Start
        </Button>
      </footer>
    </form>
  )
}

/** The teams that are kept; the first one is offered, with a task of its own where it has one. */
function useTeams(): { teams: readonly TeamRow[]; problem: string } {
  const [teams, setTeams] = useState<readonly TeamRow[]>([])
  const [problem, setProblem] = useState('')
  useEffect(() => {
    listTeams().then(
      (found) => {
        setTeams(found)
        const { choice, isTaskOwn } = startForm.getSnapshot().context
        const isThere = choice === OWN || found.some(({ id }) => String(id) === choice)
        if (isThere) return
        const [first] = found
        set({
          choice: first ? String(first.id) : OWN,
          ...(!isTaskOwn && { task: first?.component.example_tasks?.[0] ?? '' })
        })
      },
      (error: Error) => setProblem(error.message)
    )
  }, [])
  return { teams, problem }
}

/** What is still missing; null where nothing is. */
function lackOf(
  { choice, text, task, files, state }: StartForm,
  stored: TeamRow | undefined,
  findings: readonly Finding[]
): string | null {
  if (choice === OWN && text.trim() === '') return 'A team is missing.'
  if (choice === OWN && findings.length > 0) return 'The team file has to be corrected first.'
  if (choice !== OWN && !stored) return 'Choose a team.'
  if (task.trim() === '' && files.length === 0 && state.length === 0) return 'Say what the team should do.'
  return null
}

function useStart(form: StartForm, stored: TeamRow | undefined) {
  const [isBusy, setBusy] = useState(false)
  const [problem, setProblem] = useState('')
  const start = async () => {
    setBusy(true)
    setProblem('')
    try {
      const team = stored?.component ?? (JSON.parse(form.text) as Component)
      const { errors } = await checkTeam(team)
      if (errors.length > 0) throw new Error(errors.map(({ error }) => error).join('\n'))
      const run = await startRun({
        ...{ team, team_id: stored?.id ?? null, task: form.task.trim(), files: await toFiles(form.files) },
        ...(form.state[0] && { state: await readState(form.state[0]) })
      })
      startForm.trigger.done()
      location.hash = runLink(run)
    } catch (error) {
      setProblem((error as Error).message)
      setBusy(false)
    }
  }
  return { start, isBusy, problem }
}

interface TeamFieldProps {
  teams: readonly TeamRow[]
  stored: TeamRow | undefined
  choice: string
}

const TeamField = ({ teams, stored, choice }: TeamFieldProps) => {
  const choose = (next: string) => {
    const team = teams.find(({ id }) => String(id) === next)
    const { isTaskOwn } = startForm.getSnapshot().context
    set({ choice: next, ...(!isTaskOwn && { task: team?.component.example_tasks?.[0] ?? '' }) })
  }
  return (
    <div className="field">
      <label htmlFor="team">Team</label>
      <div className="row-field">
        <select id="team" value={choice} onChange={({ target }) => choose(target.value)}>
          {teams.map(({ id, component }) => (
            <option key={id} value={String(id)}>
              {component.label || `Team ${id}`}
            </option>
          ))}
          <option value={OWN}>Paste a team file…</option>
        </select>
        {stored && (
          <Button onPress={() => set({ choice: OWN, text: JSON.stringify(stored.component, null, 2) })}>
            Edit a copy
          </Button>
        )}
      </div>
      {stored?.component.description && <p className="hint">{stored.component.description}</p>}
    </div>
  )
}

const TaskField = ({ task, examples }: { task: string; examples: readonly string[] }) => (
  <div className="field">
    <TextField
      value={task}
      onChange={(text) => set({ task: text, isTaskOwn: text.trim() !== '' })}
      className="field"
      autoFocus
    >
      <Label>Task</Label>
      <TextArea rows={3} placeholder="What should the team do?" dir="auto" />
    </TextField>
    {examples.filter((example) => example !== task).length > 0 && (
      <p className="hint examples">
        Try:{' '}
        {examples
          .filter((example) => example !== task)
          .map((example) => (
            <button
              key={example}
              type="button"
              className="link"
              onClick={() => set({ task: example, isTaskOwn: false })}
            >
              {oneLine(example, 80)}
            </button>
          ))}
      </p>
    )}
  </div>
)
