import { TroupeError } from '../../../protocol/errors.ts'
import type { PendingInput } from '../../../protocol/server-frames.ts'
import type { TeamRow } from '../../../runtime/store/store.ts'
import type { User } from '../../http/http.ts'
import type { ConversationName } from '../common/conversations.ts'
import type { AnswerPlace } from '../common/door-runs.ts'
import type { DoorTools } from '../common/door-tools.ts'
import { ownerOfRun } from '../common/team-directory.ts'
import { type Input, taskOf, textOfAll } from './input.ts'

/** A request for an answer, of chat completions or of responses. */
export interface Asked {
  user: User
  team: TeamRow
  input: Input
  /** `user`, `safety_identifier`, `prompt_cache_key`, where they are sent: they tell conversations apart. */
  marks: readonly string[]
}

/** What is kept of an answer: the number of the frame after which it begins. */
export interface Kept {
  after: number
}

/** Finds what a request goes on with, and begins or answers the run. */
export class OpenAiConversations {
  readonly #tools: DoorTools

  constructor(tools: DoorTools) {
    this.#tools = tools
  }

  /** Where the answer to a request begins: `before` is the answer that it names, if it does. */
  async proceed(asked: Asked, before?: AnswerPlace): Promise<AnswerPlace> {
    const { input, user, team } = asked
    if (input.fresh.length === 0 && !before && textOfAll(input.all) === '')
      throw new TroupeError('empty_task')
    const { clock } = this.#tools.services.runtime
    if (before) return this.#goOn(asked, before)
    const found = await this.#byHistory(asked)
    if (found) return this.#goOn(asked, found)
    return this.#tools.runs.begin({ team, user, task: demanded(taskOf(input.all, clock)) })
  }

  /** Notes that an answer was given, so that the next request finds it by its history. */
  async note({ user, team, input, marks }: Asked, { run, after }: AnswerPlace, text: string): Promise<void> {
    const fresh = input.fresh.map((message) => ['user', textOfAll([message])])
    const history = [...input.history, ...fresh, ['assistant', text.trim()]]
    await this.#tools.conversations.note(nameOf(user, team, marks, history), run.id, { after } satisfies Kept)
  }

  /** The newest answer with this history that can be gone on from. */
  async #byHistory({ user, team, input, marks }: Asked): Promise<AnswerPlace | undefined> {
    if (input.history.length === 0) return undefined
    for (const { run_id, data } of await this.#tools.conversations.all(
      nameOf(user, team, marks, input.history)
    )) {
      const run = await this.#tools.services.store.runs.get(run_id)
      const place = run && { run, after: (data as Kept).after }
      if (place && (await this.#question(place)) !== undefined) return place
    }
    return undefined
  }

  async #goOn({ input, user, team }: Asked, place: AnswerPlace): Promise<AnswerPlace> {
    const { run } = place
    const question = await this.#question(place)
    if (question === undefined) throw new TroupeError('input_already_answered')
    // A tool is approved by the word `yes`; any other text is why not.
    if (question) return this.#tools.runs.answer(run, textOfAll(input.fresh), question.request_id)
    const task = demanded(taskOf(input.fresh, this.#tools.services.runtime.clock))
    return this.#tools.runs.begin({ team, user, task, before: run })
  }

  /**
   * The question that an answer has ended with, if it is still open; null where the run has ended with the answer.
   * Undefined where the run has gone on since. Throws `still_running` where the answer has not ended.
   */
  async #question(place: AnswerPlace): Promise<PendingInput | null | undefined> {
    const { end } = await this.#tools.runs.readSoFar(place)
    if (!end) throw new TroupeError('still_running', String(place.run.id))
    if (end.how !== 'asked') return null
    const ids = new Set(end.questions.map(({ request_id }) => request_id))
    const { questions } = await this.#tools.runs.standing(place.run)
    return questions.find(({ request_id }) => ids.has(request_id))
  }
}

function demanded<Item>(task: readonly Item[]): readonly Item[] {
  if (task.length === 0) throw new TroupeError('empty_task')
  return task
}

const nameOf = (
  user: User,
  team: TeamRow,
  marks: readonly string[],
  history: readonly unknown[]
): ConversationName => ({
  door: 'openai',
  owner: ownerOfRun(user, team),
  team: team.id,
  name: ['history', ...marks, history]
})
