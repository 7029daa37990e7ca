import { isChat, modelTextOf, type TeamMessage } from '../messages/index.ts'
import type { Selector } from './selector.ts'

/** What the orchestrator of a MagenticOne team knows and how it is getting on. */
export interface TaskLedger {
  task: string
  facts: string
  plan: string
  /** Whether facts and plan are those of this task. */
  planned: boolean
  /** How often the progress was looked at, over all tasks. */
  rounds: number
  /** How often there was no progress, less how often there was. */
  stalls: number
}

/** An orchestrator decides who speaks next, what is to be done, and when it is done. */
export const magenticOne: Selector<TaskLedger> = {
  choice: 'magenticChoice',
  judgesTask: false,
  begin: () => ({ task: '', facts: '', plan: '', planned: false, rounds: 0, stalls: 0 }),
  check: ({ task }, told) => (told || task ? undefined : 'There is no task to go on with.'),
  hear(state, messages, from) {
    if (from !== null) return state
    return { ...state, task: textOf(messages), facts: '', plan: '', planned: false, stalls: 0 }
  },
  next: (state) => ({ state, ask: true })
}

const textOf = (messages: readonly TeamMessage[]): string =>
  messages.filter(isChat).map(modelTextOf).join(' ')
