import { lazy, Suspense, useEffect, useState } from 'react'
import { Label, TextArea, TextField } from 'react-aria-components/TextField'
import { createRun, listTeams } from '../api/runs.ts'
import type { Component, TeamRow } from '../api/types.ts'
import { runLink } from '../state/route.ts'
import { startLater } from '../state/session.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { FileField, readState, toFiles } from './files.tsx'

/** The editor is large, and few need it. */
const JsonEditor = lazy(() => import('./json-editor.tsx'))

const OWN = 'own'

/** Starts a run: a team, a task, files. */
export const StartDialog = ({ isOpen, close }: { isOpen: boolean; close(): void }) => (
  <Dialog title="Start a run" wide isOpen={isOpen} close={close}>
    {isOpen && <StartForm close={close} />}
  </Dialog>
)

const StartForm = ({ close }: { close(): void }) => {
  const [teams, setTeams] = useState<TeamRow[]>([])
  const [choice, setChoice] = useState('')
  const [text, setText] = useState('')
  const [task, setTask] = useState('')
  const [files, setFiles] = useState<File[]>([])
  const [state, setState] = useState<File[]>([])
  const [problem, setProblem] = useState('')
  const [busy, setBusy] = useState(false)
  useEffect(() => {
    listTeams().then(
      (found) => {
        setTeams(found)
        setChoice((now) => now || String(found[0]?.id ?? OWN))
      },
      (error: Error) => setProblem(error.message)
    )
  }, [])
  const stored = teams.find(({ id }) => String(id) === choice)
  const edit = () => {
    setText(JSON.stringify(stored?.component ?? {}, null, 2))
    setChoice(OWN)
  }
  const start = async () => {
    setBusy(true)
    try {
      const team_config = stored?.component ?? (JSON.parse(text) as Component)
      const run = await createRun(team_config.label || 'Console', stored?.id ?? null)
      const options = state[0] ? { options: { state: await readState(state[0]) } } : {}
      startLater(run, { type: 'start', task, team_config, files: await toFiles(files), ...options })
      close()
      location.hash = runLink(run)
    } catch (error) {
      setProblem((error as Error).message)
      setBusy(false)
    }
  }
  return (
    <form
      className="start"
      onSubmit={(event) => {
        event.preventDefault()
        void start()
      }}
    >
      <div className="field">
        <label htmlFor="team">Team</label>
        <div className="row-field">
          <select id="team" value={choice} onChange={({ target }) => setChoice(target.value)}>
            {teams.map(({ id, component }) => (
              <option key={id} value={String(id)}>
                {component.label || `Team ${id}`}
              </option>
            ))}
            <option value={OWN}>Paste a team file…</option>
          </select>
          {stored && <Button onPress={edit}>Edit a copy</Button>}
        </div>
        {stored?.component.description && <p className="hint">{stored.component.description}</p>}
      </div>
      {choice === OWN && (
        <Suspense fallback={<div className="editor loading">The editor is being loaded…</div>}>
          <JsonEditor text={text} change={setText} />
        </Suspense>
      )}
      <TextField value={task} onChange={setTask} className="field" autoFocus>
        <Label>Task</Label>
        <TextArea rows={3} placeholder="What should the team do?" />
      </TextField>
      <div className="two">
        <FileField label="Files for the team" multiple files={files} change={setFiles} />
        <FileField
          label="Begin with a saved state"
          accept="application/json"
          files={state}
          change={setState}
        />
      </div>
      {problem && (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
      <footer>
        <Button onPress={close}>Cancel</Button>
        <Button
          kind="main"
          icon="play"
          type="submit"
          isDisabled={busy || (choice === OWN && text.trim() === '')}
        >
          Start
        </Button>
      </footer>
    </form>
  )
}
