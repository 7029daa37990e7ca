import { TroupeError } from '../../protocol/errors.ts'
import type { StartedRunOptions } from '../../protocol/run-options.ts'
import { isFinal } from '../../protocol/run-status.ts'
import type { Registry } from '../components/registry.ts'
import type { JournalInput, RunCommand, TurnEnd } from '../journal/entries.ts'
import { entriesOf, incompatibility, readRunHistory, turnEnds } from '../journal/run-log.ts'
import type { LiveRun } from '../run/live-run.ts'
import type { Clock } from '../shared/clock.ts'
import type { JournalEntry, RunRow, SavedRun, Store } from '../store/store.ts'
import type { Team } from '../team/team.ts'
import { stateAt } from './state-at.ts'

type TeamState = Record<string, unknown>

interface HistoryOptions {
  store: Store
  registry: Registry
  clock: Clock
  /** The runs in memory, by id. */
  loaded: ReadonlyMap<number, LiveRun>
}

type Marker = TurnEnd & { n: number }

/** The turns of runs, the state of a run's team at the end of any of them, and forks. */
export class History {
  readonly #services: HistoryOptions

  constructor(services: HistoryOptions) {
    this.#services = services
  }

  /** The ends of a run's turns, oldest first; turn 0 is the task. */
  async turns({ id }: RunRow): Promise<Marker[]> {
    const rows = await this.#services.store.runs.journal(id, 0, ['turn'])
    return rows.map((row) => ({ ...turnEnds(entriesOf(row))[0]!, n: row.n }))
  }

  /** The state of a run's team, now or at the end of a turn; before the start, what it begins with. */
  async state(run: RunRow, turn?: number): Promise<TeamState | null> {
    const now = turn === undefined && this.#services.loaded.get(run.id)?.teamState()
    if (now) return now
    const saved = await this.#services.store.runs.saved(run.id)
    if (!saved) throw new TroupeError('unknown_run', String(run.id))
    if (!saved.team_config) {
      if (turn !== undefined) throw new TroupeError('unknown_turn', String(turn))
      return (saved.options as StartedRunOptions | null)?.state ?? null
    }
    return this.#replayed(saved, turn)
  }

  /** The state that the session's last run has ended with, other than this one; undefined where none has. */
  async lastState({ id, session_id }: RunRow): Promise<TeamState | undefined> {
    const runs = await this.#services.store.runs.ofSession(session_id)
    const over = runs.filter((run) => run.id !== id && isFinal(run.status))
    const latestFirst = over.sort((a, b) => (a.updated_at < b.updated_at ? 1 : -1))
    for (const run of latestFirst) {
      const state = await this.state(run).catch((error) => {
        // A run whose team could never be loaded has ended with nothing.
        if ((error as TroupeError).code !== 'no_state') throw error
      })
      if (state) return state
    }
    return undefined
  }

  /**
   * Makes a run that goes on from the end of a turn, and returns its id. The run that it comes from stays as it is.
   * Throws `not_started`, `unknown_turn`.
   */
  async fork(run: RunRow, turn: number): Promise<number> {
    if (run.status === 'created') throw new TroupeError('not_started')
    const { runs } = this.#services.store
    const marker = (await this.turns(run)).find((marker) => marker.turn === turn)
    if (!marker) throw new TroupeError('unknown_turn', String(turn))
    const { seq, n } = marker
    const frames = await runs.frames(run.id, { type: 'status' })
    const status = frames.findLast((frame) => frame.seq <= seq)
    const commands = (await runs.journal(run.id, 0, ['command'])).filter((row) => row.n < n)
    const more = numbered(n, [
      { kind: 'seed', seed: crypto.randomUUID(), turn },
      ...(isPaused(commands) ? [this.#resume()] : [])
    ])
    const isActive = status === undefined || JSON.parse(status.text).status === 'active'
    return runs.copy({
      ...{ of: run.id, seq, n },
      more: (run_id) => ({ journal: more, frames: isActive ? [] : [activeAgain(run_id, seq + 1)] })
    })
  }

  async #replayed(saved: SavedRun, turn?: number): Promise<TeamState> {
    const { store, registry, clock } = this.#services
    const problem = incompatibility(saved)
    if (problem) throw new TroupeError('no_state', problem)
    const { task, options, recording } = await readRunHistory(store.runs, saved)
    const end = recording.entries.findIndex((entry) => entry.kind === 'turn' && entry.turn === turn)
    if (turn !== undefined && end < 0) throw new TroupeError('unknown_turn', String(turn))
    return stateAt({
      id: String(saved.id),
      ...{ task, options },
      recording:
        turn === undefined ? recording : { ...recording, entries: recording.entries.slice(0, end + 1) },
      turn,
      clock,
      // Secrets stay references: no model is called.
      load: async () => registry.load<Team>(saved.team_config!, 'team')
    })
  }

  #resume = (): JournalInput => ({
    kind: 'command',
    at: this.#services.clock.now(),
    command: { type: 'resume' }
  })
}

/** Entries as they are stored, after the one with a number. */
const numbered = (n: number, entries: readonly JournalInput[]): JournalEntry[] =>
  entries.map(({ kind, ...body }, i) => ({ n: n + 1 + i, kind, body: JSON.stringify(body) }))

/** Whether the last word was that the run is to pause. */
function isPaused(rows: readonly JournalEntry[]): boolean {
  const types = rows.map(({ body }) => (JSON.parse(body) as { command: RunCommand }).command.type)
  return types.findLast((type) => type === 'pause' || type === 'resume') === 'pause'
}

function activeAgain(run_id: number, seq: number) {
  const frame = { type: 'status', status: 'active', state: 'running.active', run_id, seq }
  return { seq, type: 'status', text: JSON.stringify(frame) }
}
