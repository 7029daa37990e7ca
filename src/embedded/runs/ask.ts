import type { FunctionCall } from '../../machines/messages/index.ts'
import type { Decision } from '../../machines/shared/decision.ts'
import { TroupeError } from '../../protocol/errors.ts'
import type { PendingInput } from '../../protocol/server-frames.ts'
import type { Runtime } from '../../runtime/host/runtime.ts'

/** A question of a run to a person that is not answered yet: for a text, or whether a tool may be called. */
export class Ask<Asking extends { readonly id: number }> {
  /** The run that asks. */
  readonly run: Asking
  /** Tells the question from others; `request_id` on the wire. */
  readonly id: string
  readonly kind: 'input' | 'approval'
  /** The call that is to be approved. */
  readonly call?: FunctionCall
  readonly prompt: string
  /** The participant that asks. */
  readonly source: string
  /** Until when it can be answered, in ISO 8601; null without a time-out. */
  readonly deadline: string | null
  readonly #runtime: Runtime

  constructor(runtime: Runtime, run: Asking, pending: PendingInput) {
    this.#runtime = runtime
    this.run = run
    this.id = pending.request_id
    this.kind = pending.kind ?? 'input'
    if (pending.call) this.call = pending.call
    this.prompt = pending.prompt
    this.source = pending.source
    this.deadline = pending.deadline
  }

  /**
   * Lets the tool be called. Resolves when that is stored.
   *
   * @throws `wrong_answer` where a text is wanted, `input_already_answered` where it was answered meanwhile
   */
  async approve(): Promise<void> {
    await this.#answer({ approved: true })
  }

  /**
   * Does not let the tool be called; the model gets the reason as its result. Resolves when that is stored.
   *
   * @param why why not
   * @throws as `approve`
   */
  async reject(why?: string): Promise<void> {
    await this.#answer({ approved: false, ...(why && { reason: why }) })
  }

  /**
   * Answers with a text; where a call is to be approved `yes` does that, and any other text says why not. Resolves when
   * that is stored.
   *
   * @throws `input_already_answered` where it was answered meanwhile
   */
  async answer(text: string): Promise<void> {
    await this.#answer(text)
  }

  async #answer(answer: string | Decision): Promise<void> {
    const live = await this.#runtime.getOrWake(this.run.id)
    if (live.answerInput(answer, this.id) === null)
      throw new TroupeError(live.wasInputRequested(this.id) ? 'input_already_answered' : 'not_asked')
    await live.flushed()
  }
}
