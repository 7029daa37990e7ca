import { z } from 'zod'
import { demandOptions } from '../machines/shared/option-names.ts'
import { explain, TroupeError } from './errors.ts'

/** What happens to a run when its last client has left. */
export const OnDisconnect = z.enum(['continue', 'pause', 'stop'])
export type OnDisconnect = z.infer<typeof OnDisconnect>

export const RunLimits = z
  .object({
    turns: z.int().positive().optional().describe('turns of the team'),
    tokens: z.int().positive().optional().describe('tokens of all model calls, prompts and answers'),
    cost: z.number().positive().optional().describe('in the currency of the price list'),
    seconds: z.number().positive().max(31_536_000).optional().describe('since the run began')
  })
  .describe('What ends a run at the latest, with a stop reason that says so.')
export type RunLimits = z.infer<typeof RunLimits>

/** Throws `unknown_option` or `bad_option` where limits are none. */
export function demandLimits(given: RunLimits | null | undefined): void {
  if (given == null) return
  demandOptions('limits', given, Object.keys(RunLimits.shape))
  const parsed = RunLimits.safeParse(given)
  if (!parsed.success) throw new TroupeError('bad_option', `limits: ${explain(parsed.error)}`)
}

export const RunOptions = z
  .object({
    on_disconnect: OnDisconnect.optional().describe(
      "what happens when the last client has left; the server's default unless told"
    ),
    disconnect_grace: z
      .number()
      .nonnegative()
      .max(31_536_000)
      .optional()
      .describe("seconds after which that happens; the server's default unless told"),
    input: z
      .object({
        timeout_s: z
          .number()
          .positive()
          .max(31_536_000)
          .nullish()
          .describe('seconds that a pending input is open; for ever without'),
        on_timeout: z.enum(['fail', 'stop', 'answer']).default('fail').describe('what happens then'),
        answer: z.string().default('').describe('the response that is taken then')
      })
      .optional(),
    continue: z
      .boolean()
      .optional()
      .describe("begins with the team state that the session's last run ended with"),
    state: z.record(z.string(), z.unknown()).optional().describe('a TeamState to begin with'),
    limits: RunLimits.optional()
  })
  .describe('What a client may ask for when it makes or starts a run.')
export type RunOptions = z.infer<typeof RunOptions>

/** The options of a request, some of which may stand beside `options` too. */
interface Asked {
  options?: RunOptions | null
  state?: RunOptions['state'] | null
  continue?: boolean | null
}

/** Merges the options of a run's creation and of its start; the later ones count. */
export function mergeOptions(before: unknown, { options, state, continue: goesOn }: Asked): RunOptions {
  const all: RunOptions = { ...(before as RunOptions | null), ...options }
  if (state) all.state = state
  if (goesOn != null) all.continue = goesOn
  return all
}

/** The options of a run that was started, as they are stored. */
export interface StartedRunOptions extends RunOptions {
  /** A UUID from which the run's ids follow. */
  seed: string
  /** Milliseconds since 1970. */
  began: number
  /** Whose secrets and variables the team is loaded with, where it is a published team of another user. */
  team_owner?: string | null
  /** Whether its team is a client's and not the program's: the program's keys do not go where it says. */
  tenant?: boolean
  /** Whether a client has followed the run, where it does not simply continue when the last one leaves. */
  followed?: boolean
  /** How often the process has died while the run was under way and did not go on, and since when it has this one. */
  deaths?: Deaths
}

/** What is kept of the processes in which a run was under way, and which died without its having gone on. */
export interface Deaths {
  /** How much speaks against the run; see `Quarantine`. */
  weight: number
  /** When the process that has the run now has taken it up, in milliseconds since 1970. */
  since: number
  /** Whether that process has had it for a while, and it has not gone on. */
  held: boolean
}
