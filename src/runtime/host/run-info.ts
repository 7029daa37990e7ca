import { stateOfStatus } from '../../protocol/run-status.ts'
import type { RunInfo } from '../../protocol/server-frames.ts'
import type { LiveRun } from '../run/live-run.ts'
import type { RunLog, RunRow } from '../store/store.ts'

/** Where a run in memory stands. */
export const infoOf = ({ id, status, seq, state, pendingInput: pending_input }: LiveRun): RunInfo => ({
  ...{ id, status, seq, state, pending_input }
})

/** Where a run stands that is not in memory. */
export async function restingInfo(
  { id, status }: RunRow,
  runs: Pick<RunLog, 'state' | 'frames'>
): Promise<RunInfo> {
  const stored = (await runs.state(id))?.seq ?? 0
  // The state is stored now and then, each frame at once.
  const seq = (await runs.frames(id, { after: stored })).at(-1)?.seq ?? stored
  return { id, status, seq, state: stateOfStatus(status), pending_input: [] }
}
