import type { TeamMessage } from '../../machines/messages/index.ts'
import { shownToClients } from '../../protocol/frames.ts'
import { type RunStatus, stateOfStatus } from '../../protocol/run-status.ts'
import type { FrameBody, ShownMessage, TeamResult } from '../../protocol/server-frames.ts'
import type { ForeignFrame } from '../../runtime/store/foreign-row.ts'
import { jsonIn, type StudioRow } from '../../runtime/store/studio-database.ts'
import { shownResult } from '../rest/run-rows.ts'

/** How a run of AutoGen Studio ended; one that was under way when its server went can go on nowhere. */
export function statusOf({ columns }: StudioRow): RunStatus {
  const status = String(columns.status).toLowerCase()
  if (status === 'created' || status === 'complete' || status === 'error') return status
  return status === 'timeout' ? 'error' : 'stopped'
}

/** Whether a run was under way when its server went. */
export const wasUnderWay = ({ columns }: StudioRow): boolean =>
  /^(active|awaiting_input|paused)$/i.test(String(columns.status))

/** The frames that the log of such a run would have here. */
export function framesOf(run: StudioRow, messages: readonly StudioRow[]): ForeignFrame[] {
  const status = statusOf(run)
  const said = messages.map((row) => frame(sayingOf(row), row.created_at))
  if (status === 'created') return said
  const at = run.updated_at
  return [...said, frame(statusFrame(status), at), frame(lastFrame(run, status), at)]
}

/** A message as a frame; every row is a message, whatever its kind. */
function sayingOf(row: StudioRow): FrameBody {
  const data = jsonIn(row, 'config') as TeamMessage
  const isMultiModal = data.type === 'MultiModalMessage' && Array.isArray(data.content)
  return { type: 'message', data: isMultiModal ? shownToClients(data) : (data as ShownMessage) }
}

const statusFrame = (status: RunStatus): FrameBody => ({
  type: 'status',
  status,
  state: stateOfStatus(status)
})

function lastFrame(run: StudioRow, status: RunStatus): FrameBody {
  const reason = String(run.columns.error_message ?? '')
  const none = { task_result: { messages: [], stop_reason: reason }, usage: '', duration: 0 }
  const result = shownResult(jsonIn(run, 'team_result') ?? none, status) as TeamResult
  if (status === 'complete') return { type: 'result', status, data: result }
  const ended = status === 'error' ? 'error' : 'cancelled'
  return { type: 'completion', status: ended, data: result, timestamp: run.updated_at }
}

const frame = (body: FrameBody, created_at: string): ForeignFrame => ({
  type: body.type,
  text: JSON.stringify(body),
  created_at
})
