import { TroupeError } from '../../../protocol/errors.ts'
import type { PendingInput } from '../../../protocol/server-frames.ts'
import type { RunRow, TeamRow } from '../../../runtime/store/store.ts'
import type { User } from '../../http/http.ts'
import type { AnswerEnd } from './answer-events.ts'
import type { ConversationName, DoorConversations } from './conversations.ts'
import type { DoorName } from './door.ts'
import type { AnswerPlace, DoorRuns } from './door-runs.ts'
import { ownerOfRun } from './team-directory.ts'

/** What is kept of a thread with its newest answer. */
export interface KeptAnswer {
  /** The places of the answers that its client shows as one message, oldest first: an approval is in the middle of one. */
  places: readonly Required<Omit<AnswerPlace, 'run'>>[]
  /** What the client calls that message. */
  message: string
  /** The id of the client's message that it answers; null where it sent none. */
  asked: string | null
}

/** A conversation of another protocol, named by its client, and the run that it is about at present. */
export interface Thread {
  name: ConversationName
  /** Null where nothing was said yet. */
  latest: { run: RunRow; kept: KeptAnswer } | null
}

/** Where a thread's run stands. */
export interface Standing {
  /** The answer that is the newest one: another client may have answered since. */
  place: AnswerPlace
  /** How it has ended; null while it goes on. */
  end: AnswerEnd | null
  /** Its questions that are still open. */
  questions: readonly PendingInput[]
}

/** Finds the runs of threads: a thread is one session of a team, run after run. */
export class Threads {
  readonly #door: DoorName
  readonly #runs: DoorRuns
  readonly #conversations: DoorConversations
  /** What is being begun or answered in threads at present, by name: two requests at once begin one run. */
  readonly #busy = new Map<string, Promise<unknown>>()

  constructor(door: DoorName, { runs, conversations }: { runs: DoorRuns; conversations: DoorConversations }) {
    this.#door = door
    this.#runs = runs
    this.#conversations = conversations
  }

  /** The thread that a client calls `id`, of one user and one team. */
  async find(id: string, team: TeamRow, user: User): Promise<Thread> {
    const name = { door: this.#door, owner: ownerOfRun(user, team), team: team.id, name: ['thread', id] }
    const entry = await this.#conversations.latest(name)
    if (!entry) return { name, latest: null }
    const run = await this.#runs.own(entry.run_id, user)
    return { name, latest: { run, kept: entry.data as KeptAnswer } }
  }

  /** Does something with a thread when all that was asked of it before is done. */
  async inTurn<Result>(id: string, team: TeamRow, user: User, act: (thread: Thread) => Promise<Result>) {
    const key = JSON.stringify([ownerOfRun(user, team), team.id, id])
    const before = this.#busy.get(key) ?? Promise.resolve()
    const done = before.then(async () => act(await this.find(id, team, user)))
    const settled = done.catch(() => {})
    this.#busy.set(key, settled)
    try {
      return await done
    } finally {
      if (this.#busy.get(key) === settled) this.#busy.delete(key)
    }
  }

  /** Where a run stands, seen from an answer of it. */
  async standing(from: AnswerPlace): Promise<Standing> {
    const { run } = from
    for (let place = from; ; ) {
      const { end } = await this.#runs.readSoFar(place)
      if (end?.how !== 'asked') return { place, end, questions: [] }
      const { questions: open, isOver } = await this.#runs.standing(run)
      const asked = new Set(end.questions.map(({ request_id }) => request_id))
      const questions = open.filter(({ request_id }) => asked.has(request_id))
      if (questions.length === end.questions.length && !isOver) return { place, end, questions }
      place = { run, after: end.seq, open: questions }
    }
  }

  /** Notes what a thread's newest answer is. */
  note({ name }: Thread, run: RunRow, kept: KeptAnswer): Promise<void> {
    return this.#conversations.note(name, run.id, kept)
  }

  /** What a person says to a run that waits for it: a text answers the oldest question. */
  async reply({ questions, place }: Standing, text: string): Promise<AnswerPlace> {
    if (text.trim() === '') throw new TroupeError('empty_task')
    return this.#runs.answer(place.run, text, questions[0]!.request_id)
  }
}

/** Where the newest answer of what is kept begins. */
export const newestPlace = (run: RunRow, { places }: KeptAnswer): AnswerPlace => ({ run, ...places.at(-1)! })
