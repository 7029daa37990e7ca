import type { RunStatus } from '../../../protocol/run-status.ts'
import type { PendingInput } from '../../../protocol/server-frames.ts'
import { type AnswerEnd, type AnswerEvent, messagesIn } from '../common/answer-events.ts'
import { questionText } from '../common/joined-text.ts'

/** The states of a task that a run can be in. */
export type TaskState =
  | 'TASK_STATE_SUBMITTED'
  | 'TASK_STATE_WORKING'
  | 'TASK_STATE_INPUT_REQUIRED'
  | 'TASK_STATE_COMPLETED'
  | 'TASK_STATE_CANCELED'
  | 'TASK_STATE_FAILED'

/** The state of a task by the status of its run. */
export const stateOfRun = {
  created: 'TASK_STATE_SUBMITTED',
  active: 'TASK_STATE_WORKING',
  paused: 'TASK_STATE_WORKING',
  awaiting_input: 'TASK_STATE_INPUT_REQUIRED',
  complete: 'TASK_STATE_COMPLETED',
  stopped: 'TASK_STATE_CANCELED',
  error: 'TASK_STATE_FAILED'
} as const satisfies Record<RunStatus, TaskState>

/** Which task this is, and in which context. */
export interface TaskIds {
  taskId: string
  contextId: string
}

/** A message of A2A. */
export interface A2aMessage extends TaskIds {
  messageId: string
  role: 'ROLE_AGENT' | 'ROLE_USER'
  parts: { text: string }[]
  metadata?: Record<string, unknown>
}

/** What an agent has said. */
export const messageOf = (ids: TaskIds, id: string, source: string, text: string): A2aMessage => ({
  ...{ messageId: id, role: 'ROLE_AGENT', ...ids },
  ...{ parts: [{ text }], metadata: { troupe: { source } } }
})

/** The state that an answer leaves a task in, with the message that says why. */
export function statusOf(ids: TaskIds, end: AnswerEnd) {
  const said = (state: TaskState, text: string) => ({
    state,
    message: messageOf(ids, `${ids.taskId}-${end.seq}`, 'troupe', text)
  })
  switch (end.how) {
    case 'asked':
      return said('TASK_STATE_INPUT_REQUIRED', questionText(end.questions))
    case 'complete':
      return { state: 'TASK_STATE_COMPLETED' as const }
    case 'cancelled':
      return said('TASK_STATE_CANCELED', end.reason)
    case 'error':
      return said('TASK_STATE_FAILED', end.error)
  }
}

/** What is of ours in a task. */
export const troupeOf = (run: number, end: AnswerEnd | null) => ({
  troupe: {
    run,
    ...(end?.how === 'asked' && { questions: end.questions.map(questionOf) }),
    ...(end?.how === 'complete' && { stop_reason: end.reason }),
    ...(end?.how === 'error' && { code: end.code })
  }
})

const questionOf = ({ request_id, prompt, source, call }: PendingInput) => ({
  ...{ request_id, prompt, source },
  ...(call && { call })
})

/** The result of a task: what was said last. */
export const resultOf = ({ last }: AnswerEnd) =>
  last ? { artifactId: 'result', name: 'result', parts: [{ text: last.text }] } : undefined

/** A task as it stands. `events` are all that was said, `end` how the newest answer has ended; null while it goes on. */
export function taskOf(
  ids: TaskIds,
  run: number,
  events: readonly AnswerEvent[],
  end: AnswerEnd | null,
  most?: number
) {
  const said = messagesIn(events).map(({ id, source, text }) => messageOf(ids, id, source, text))
  const history = most === undefined ? said : most <= 0 ? [] : said.slice(-most)
  const artifact = end?.how === 'complete' ? resultOf(end) : undefined
  return {
    ...{ id: ids.taskId, contextId: ids.contextId },
    status: end ? statusOf(ids, end) : { state: 'TASK_STATE_WORKING' as const },
    ...(artifact && { artifacts: [artifact] }),
    ...(history.length > 0 && { history }),
    metadata: troupeOf(run, end)
  }
}
