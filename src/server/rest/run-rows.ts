import { z } from 'zod'
import { plainMessage } from '../../protocol/frames.ts'
import { WholeRecords } from '../../protocol/model-records.ts'
import type { MessageRow, RunRow as RunView } from '../../protocol/rows.ts'
import type { RunStatus } from '../../protocol/run-status.ts'
import type { RunLog, RunRow, StoredFrame } from '../../runtime/store/store.ts'

/** A run without its messages: they have a route of their own. */
export const runView = async (runs: RunLog, run: RunRow): Promise<RunView> => ({
  id: run.id,
  user_id: run.user_id,
  session_id: run.session_id,
  created_at: run.created_at,
  updated_at: run.updated_at,
  version: run.version,
  status: run.status,
  task: run.task,
  error_message: run.error_message,
  team_result: await teamResult(runs, run),
  messages: []
})

/** `?records=whole`: records of model calls hold all that the model was told, instead of what is new. */
export const Records = z.enum(['new', 'whole']).default('new')

/** The messages of a run, oldest first. */
export async function messageRows(runs: RunLog, run: RunRow, records: z.infer<typeof Records> = 'new') {
  const frames = await runs.frames(run.id, { type: 'message' })
  const whole = records === 'whole' ? new WholeRecords() : undefined
  return frames.map((frame) => messageRow(run, whole ? { ...frame, text: whole.frame(frame.text) } : frame))
}

function messageRow(run: RunRow, frame: StoredFrame): MessageRow {
  return {
    id: frame.id,
    created_at: frame.created_at,
    updated_at: frame.created_at,
    version: '0.0.1',
    user_id: null,
    session_id: run.session_id,
    run_id: run.id,
    config: plainMessage(dataOf(frame) as { content?: unknown }),
    message_meta: {}
  }
}

const terminal: Partial<Record<RunStatus, string>> = {
  complete: 'result',
  error: 'completion',
  stopped: 'completion'
}

async function teamResult(runs: RunLog, { id, status }: RunRow): Promise<unknown> {
  const type = terminal[status]
  const frames = type === undefined ? [] : await runs.frames(id, { type, limit: 1 })
  const result = frames.length === 0 ? {} : (dataOf(frames[0]!) ?? {})
  return shownResult(result, status)
}

/** The result of a frame as rows have it, and the other way round. */
export const shownResult = (result: unknown, status: RunStatus): unknown =>
  status === 'stopped' ? withOwnIds(result) : result

/** In Studio's rows the message of a cancelled run is not the one of its frame, and neither are their ids. */
function withOwnIds(result: unknown): unknown {
  const { task_result: task, ...rest } = result as { task_result?: { messages: { id: string }[] } }
  const messages = task?.messages.map((message) => ({ ...message, id: turned(String(message.id)) }))
  return task ? { ...rest, task_result: { ...task, messages } } : result
}

/** Another UUID, always the same one for the same. */
const turned = (id: string): string =>
  id.replace(/[\da-f]$/, (last) => (15 - Number.parseInt(last, 16)).toString(16))

const dataOf = ({ text }: StoredFrame): unknown => JSON.parse(text).data

const _isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null
