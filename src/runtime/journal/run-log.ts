import type { ChatMessage, TeamMessage } from '../../machines/messages/index.ts'
import { type OutgoingFrame, plainMessage } from '../../protocol/frames.ts'
import type { StartedRunOptions } from '../../protocol/run-options.ts'
import type { RunStatus } from '../../protocol/run-status.ts'
import type { JournalEntry, RunLog, SavedRun, StoredFrame } from '../store/store.ts'
import type { JournalInput, TurnEnd } from './entries.ts'
import type { Recording } from './replayer.ts'
import { JOURNAL_VERSION } from './version.ts'

/** All that is stored of a run that has begun: enough to go on with it in another process. */
export interface RunHistory {
  options: StartedRunOptions
  task: readonly ChatMessage[]
  recording: Recording
  /** The `input_request` frames, by request id. */
  inputRequests: ReadonlyMap<string, OutgoingFrame>
  /** The status that clients were sent last. */
  status: RunStatus
  /** The number of the last frame. */
  seq: number
  /** The number of the last journal entry. */
  journal: number
  /** Characters of the frames and of the journal entries. */
  size: number
  journalSize: number
  /** The last turn whose end is recorded; -1 where none is. */
  turn: number
}

/** Why this program cannot replay a run, if it cannot. */
export function incompatibility({ state, team_config, options }: SavedRun): string | undefined {
  if (!team_config || !options) return 'how it was started is not known.'
  if (state && state.revision > JOURNAL_VERSION)
    return `it was kept by revision ${state.revision}, a newer version.`
  return undefined
}

/** A run's frames and journal as they are stored. */
interface StoredLog {
  frames: readonly StoredFrame[]
  rows: readonly JournalEntry[]
}

/** Reads and parses all that is stored of a run. Throws where it is damaged. */
export const readRunHistory = async (log: RunLog, run: SavedRun): Promise<RunHistory> =>
  parseRunLog(run, await readLog(log, run.id))

/** Reads all frames and journal entries of a run. */
export async function readLog(log: RunLog, run: number): Promise<StoredLog> {
  const frames = await log.frames(run)
  return { frames, rows: await log.journal(run) }
}

/** Parses a run's log. Throws where it is damaged. */
export function parseRunLog(run: SavedRun, { frames, rows }: StoredLog): RunHistory {
  const entries = rows.flatMap(entriesOf)
  const options = run.options as StartedRunOptions
  return {
    options,
    task: (run.task as { content: ChatMessage[] }).content,
    recording: { entries, messages: messagesOf(frames), startedAt: options.began },
    inputRequests: inputRequestsOf(frames),
    status: run.status,
    seq: frames.at(-1)?.seq ?? 0,
    journal: rows.at(-1)?.n ?? run.state?.journal ?? 0,
    size: frames.reduce((sum, { text }) => sum + text.length, 0),
    journalSize: rows.reduce((sum, { body }) => sum + body.length, 0),
    turn: turnEnds(entries).at(-1)?.turn ?? -1
  }
}

/** The end of a turn, written into the row of the effect result that it follows from; both are JSON objects. */
export const withEffect = (turned: string, effect: string): string =>
  `${turned.slice(0, -1)},"effect":${effect}}`

/** The entries of a row: one, or the end of a turn and the effect result before it. */
export function entriesOf({ kind, body }: JournalEntry): JournalInput[] {
  const { effect, ...entry } = JSON.parse(body)
  return [...(effect ? [{ kind: 'effect', ...effect }] : []), { kind, ...entry }]
}

/** The ends of turns among a run's entries. */
export const turnEnds = (entries: readonly JournalInput[]): TurnEnd[] =>
  entries.filter((entry): entry is TurnEnd => entry.kind === 'turn')

function messagesOf(frames: readonly StoredFrame[]): Map<string, TeamMessage> {
  const messages = new Map<string, TeamMessage>()
  for (const { type, text } of frames) {
    if (type !== 'message' && type !== 'event') continue
    const data = JSON.parse(text).data
    messages.set(data.id, plainMessage(data))
  }
  return messages
}

const inputRequestsOf = (frames: readonly StoredFrame[]): Map<string, OutgoingFrame> =>
  new Map(
    frames
      .filter(({ type }) => type === 'input_request')
      .map(({ seq, text }) => [JSON.parse(text).request_id as string, { seq, text }])
  )
