import type { ChatMessage, TeamMessage } from '../../machines/messages/index.ts'
import type { StartedRunOptions } from '../../protocol/run-options.ts'
import type { JournalEntry, RunLog, RunStatus, SavedRun, StoredFrame } from '../store/store.ts'
import type { OutgoingFrame } from '../subscriptions/subscriber.ts'
import type { JournalInput, TurnEnd } from './entries.ts'
import type { Recording } from './replayer.ts'
import { JOURNAL_VERSION } from './version.ts'

/** What is kept of a run that has begun: enough to go on with it in another process. */
export interface RunHistory {
  settings: StartedRunOptions
  task: readonly ChatMessage[]
  kept: Recording
  /** The frames in which persons were asked, by request. */
  requests: ReadonlyMap<string, OutgoingFrame>
  /** The status that clients were told last. */
  status: RunStatus
  seq: number
  journal: number
  /** The last turn whose end is kept; -1 where none is. */
  turn: number
}

/** Why a run cannot be played again, if it cannot. */
export function incompatibility({ state, team_config, options }: SavedRun): string | undefined {
  if (!team_config || !options) return 'how it was started is not known.'
  if (state && state.revision > JOURNAL_VERSION)
    return `it was kept by revision ${state.revision}, a newer version.`
  return undefined
}

/** What a run's log holds, as it is stored. */
interface Log {
  frames: readonly StoredFrame[]
  rows: readonly JournalEntry[]
}

/** Reads what is kept of a run. */
export const readRunHistory = async (log: RunLog, run: SavedRun): Promise<RunHistory> =>
  parseRunLog(run, await readLog(log, run.id))

/** Reads a run's log. */
export async function readLog(log: RunLog, run: number): Promise<Log> {
  const frames = await log.frames(run)
  return { frames, rows: await log.journal(run) }
}

/** Understands a run's log; throws where it is damaged. */
export function parseRunLog(run: SavedRun, { frames, rows }: Log): RunHistory {
  const entries = rows.flatMap(entriesOf)
  const settings = run.options as StartedRunOptions
  return {
    settings,
    task: (run.task as { content: ChatMessage[] }).content,
    kept: { entries, messages: messagesOf(frames), startedAt: settings.began },
    requests: requestsOf(frames),
    status: run.status,
    seq: frames.at(-1)?.seq ?? 0,
    journal: rows.at(-1)?.n ?? run.state?.journal ?? 0,
    turn: turnEnds(entries).at(-1)?.turn ?? -1
  }
}

/** The end of a turn as it is kept in the row of the effect that has brought it; both are JSON objects. */
export const withEffect = (turned: string, effect: string): string =>
  `${turned.slice(0, -1)},"effect":${effect}}`

/** What is kept in a row: an entry, or two. */
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
    messages.set(data.id, fromClientShape(data))
  }
  return messages
}

/** A message as it was said: clients are shown pictures as data URLs. */
export function fromClientShape(data: { content?: unknown }): TeamMessage {
  if (!Array.isArray(data.content)) return data as TeamMessage
  return { ...data, content: data.content.map(asPart) } as TeamMessage
}

function asPart(part: unknown): unknown {
  const url = (part as { url?: unknown } | null)?.url
  const prefix = typeof url === 'string' ? /^data:image\/[^,]*;base64,/.exec(url) : null
  return prefix ? { data: (url as string).slice(prefix[0].length) } : part
}

const requestsOf = (frames: readonly StoredFrame[]): Map<string, OutgoingFrame> =>
  new Map(
    frames
      .filter(({ type }) => type === 'input_request')
      .map(({ seq, text }) => [JSON.parse(text).request_id as string, { seq, text }])
  )
