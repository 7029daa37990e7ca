import type { ChatMessage } from '../../../machines/messages/index.ts'
import { TroupeError } from '../../../protocol/errors.ts'
import type { RunOptions } from '../../../protocol/run-options.ts'
import { isFinal } from '../../../protocol/run-status.ts'
import type { PendingInput } from '../../../protocol/server-frames.ts'
import type { Runtime } from '../../../runtime/host/runtime.ts'
import type { RunRow, Store, TeamRow } from '../../../runtime/store/store.ts'
import type { User } from '../../http/http.ts'
import { requireOwner } from '../../http/http.ts'
import { untilStored } from '../../rest/until-stored.ts'
import { steering } from '../../run-api/commands.ts'
import { InputAcks } from '../../run-api/input-acks.ts'
import { logInternal } from '../../run-api/log-internal.ts'
import type { StartableTeams } from '../../run-api/teams/startable-teams.ts'
import type { AnswerEnd, AnswerEvent } from './answer-events.ts'
import { AnswerReader } from './answer-reader.ts'
import type { DoorServices } from './door.ts'
import { ownerOfRun } from './team-directory.ts'

/** What a run is begun with. */
export interface Beginning {
  team: TeamRow
  user: User
  task: readonly ChatMessage[]
  /** The run whose team's state it goes on from, in the same session. */
  before?: RunRow
}

/** Where an answer begins: the run, and the number of the frame after which it does. */
export interface AnswerPlace {
  run: RunRow
  after: number
  /** The questions that stay open, where one of several was answered. */
  open?: readonly PendingInput[]
}

/** Whether a tool may be called; where not, why. */
export interface Approval {
  approved: boolean
  reason?: string
}

/** How many frames are read at a time. */
const PAGE = 256

/** How much of a task is in a session's name, in characters. */
const NAME = 80

/** Begins, answers and stops runs for clients of other protocols. */
export class DoorRuns {
  readonly #runtime: Runtime
  readonly #store: Store
  readonly #teams: StartableTeams

  constructor({ runtime, store, teams }: Pick<DoorServices, 'runtime' | 'store' | 'teams'>) {
    this.#runtime = runtime
    this.#teams = teams
    this.#store = store
  }

  /** Begins a run of a team; resolves when that is stored. Throws `team_not_stored`. */
  async begin({ team, user, task, before }: Beginning): Promise<AnswerPlace> {
    this.#teams.demand(team)
    const runtime = this.#runtime
    const user_id = before?.user_id ?? ownerOfRun(user, team)
    const session_id =
      (before && (await this.#sessionOf(before))) ?? (await this.#newSession(user_id, team, task))
    const state = before && (await runtime.history.state(before).catch(noState))
    const created = await this.#store.runs.create({ session_id, user_id })
    const options: RunOptions & { team_owner?: string | null } = {
      ...(state && { state }),
      ...(team.user_id !== user_id && { team_owner: team.user_id })
    }
    const live = runtime.start(created, { task, team_config: team.component, options })
    await untilStored(live.started())
    return { run: (await this.#store.runs.get(created.id)) ?? created, after: 0 }
  }

  /** A run that a user may read and steer; throws `unknown_run`, `not_yours`. */
  async own(id: number, user: User): Promise<RunRow> {
    const run = await this.#store.runs.get(id)
    if (!run) throw new TroupeError('unknown_run', String(id))
    requireOwner(user, run.user_id)
    return run
  }

  /** Answers a question of a run, the oldest unless told; resolves when that is stored. Throws as `input` does. */
  async answer(run: RunRow, given: string | Approval, request_id?: string): Promise<AnswerPlace> {
    const { seq, pending_input } = await this.#runtime.info(run)
    const caller = {
      runtime: this.#runtime,
      teams: this.#teams,
      run: run.id,
      answers: new InputAcks(),
      warn: () => {}
    }
    const fields = typeof given === 'string' ? { response: given } : given
    const live = await steering.input_response({ ...fields, request_id }, caller)
    await untilStored(live.flushed())
    const still = new Set(live.pendingInput.map((question) => question.request_id))
    return { run, after: seq, open: pending_input.filter((question) => still.has(question.request_id)) }
  }

  /** Stops a run, where it is under way. */
  async stop({ id }: RunRow, reason: string): Promise<void> {
    await untilStored(this.#runtime.stop(id, reason))
  }

  /** Stops a run whose client has left, and does not wait for it. */
  stopLeft(run: RunRow): void {
    this.#runtime.stop(run.id, 'The client has left').catch((error) => {
      logInternal(this.#runtime, run.id, error, 'a run could not be stopped')
    })
  }

  /** What reads the answer that begins at a place. */
  async reader({ run, after, open = [] }: AnswerPlace): Promise<AnswerReader> {
    return new AnswerReader({ after, open, task: taskIds(run), asked: await this.#askedAt(run, after) })
  }

  /** What the log holds of the answer that begins at a place; nothing is waited for. */
  async readSoFar(place: AnswerPlace): Promise<{ events: AnswerEvent[]; end: AnswerEnd | null }> {
    const reader = await this.reader(place)
    const events: AnswerEvent[] = []
    for (let cursor = place.after; !reader.end; ) {
      const page = await this.#runtime.readFrames(place.run.id, cursor, PAGE)
      if (page.length === 0) break
      cursor = page.at(-1)!.seq
      events.push(...reader.read(page))
    }
    return { events, end: reader.end }
  }

  /** The open questions of a run, oldest first, and the number of its last frame. */
  async standing(run: RunRow): Promise<{ questions: readonly PendingInput[]; seq: number; isOver: boolean }> {
    const { pending_input, seq, status } = await this.#runtime.info(run)
    return { questions: status === 'awaiting_input' ? pending_input : [], seq, isOver: isFinal(status) }
  }

  /** The persons who are asked at a place and have not said anything yet; of the log alone, so that it is the same again. */
  async #askedAt({ id }: RunRow, after: number): Promise<string[]> {
    if (after === 0) return []
    const events = await this.#store.runs.frames(id, { type: 'event' })
    const asks = events.flatMap(({ seq, text }) => askIn(seq, text)).filter(({ seq }) => seq <= after)
    const latest = new Map(asks.map((ask) => [ask.source, ask.seq]))
    if (latest.size === 0) return []
    const from = Math.min(...latest.values())
    const since = await this.#store.runs.frames(id, { after: from, limit: after - from, type: 'message' })
    for (const { seq, text } of since.filter(({ seq }) => seq <= after)) {
      const { source } = JSON.parse(text).data as { source: string }
      if (seq > (latest.get(source) ?? Number.POSITIVE_INFINITY)) latest.delete(source)
    }
    return [...latest.keys()]
  }

  async #sessionOf({ session_id }: RunRow): Promise<number | undefined> {
    return (await this.#store.sessions.get(session_id))?.id
  }

  async #newSession(user_id: string, team: TeamRow, task: readonly ChatMessage[]): Promise<number> {
    const said = task.findLast(({ content }) => typeof content === 'string')?.content
    const name = typeof said === 'string' ? said.slice(0, NAME) : ''
    // Another user's team is none of this user's: a session names own ones only.
    const team_id = team.user_id === user_id ? team.id : null
    return (await this.#store.sessions.insert({ user_id, name, team_id })).id
  }
}

/** The person whom an event frame asks, if it does. */
function askIn(seq: number, text: string): { seq: number; source: string }[] {
  if (!text.includes('"UserInputRequestedEvent"')) return []
  const { type, source } = JSON.parse(text).data as { type: string; source: string }
  return type === 'UserInputRequestedEvent' ? [{ seq, source }] : []
}

/** The ids of a run's task. */
function taskIds({ task }: RunRow): ReadonlySet<string> {
  const { content } = (task ?? {}) as { content?: readonly { id: string }[] }
  return new Set(Array.isArray(content) ? content.map(({ id }) => id) : [])
}

/** A run whose team could never be loaded has ended with nothing. */
function noState(error: unknown): undefined {
  if ((error as TroupeError).code !== 'no_state') throw error
}
