import { createStore } from '@xstate/store'
import { readRunStart } from '../api/runs.ts'
import type { Component } from '../api/types.ts'
import { tellError } from './toasts.ts'

/** The run that a person is about to start. It outlives the dialog: closing it loses nothing. */
export interface StartForm {
  isOpen: boolean
  /** The id of a stored team, `own` for one that is written here; empty as long as nothing was chosen. */
  choice: string
  /** The team file, where one is written here. */
  text: string
  task: string
  /** Whether a person has written the task: an example gives way to another one. */
  isTaskOwn: boolean
  files: readonly File[]
  state: readonly File[]
}

export const OWN = 'own'

const empty: StartForm = {
  ...{ isOpen: false, choice: '', text: '', task: '', isTaskOwn: false, files: [], state: [] }
}

export const startForm = createStore({
  context: empty,
  on: {
    open: (form) => ({ ...form, isOpen: true }),
    close: (form) => ({ ...form, isOpen: false }),
    /** Takes what was changed in the form. */
    change: (form, { fields }: { fields: Partial<StartForm> }) => ({ ...form, ...fields }),
    /** What was filled in was started. */
    done: () => empty
  }
})

/** Opens the form. */
export const startForms = {
  open: () => startForm.trigger.open(),

  /** Opens it with the team and the task of a run. */
  async again(run: number): Promise<void> {
    try {
      const { team, task } = await readRunStart(run)
      const fields = {
        ...(team ? { choice: OWN, text: JSON.stringify(team satisfies Component, null, 2) } : {}),
        ...{ task, isTaskOwn: task !== '' }
      }
      startForm.trigger.change({ fields })
      startForm.trigger.open()
    } catch (error) {
      tellError(`What this run was started with cannot be read: ${(error as Error).message}`)
    }
  }
}
