import { z } from 'zod'

/** What happens to a run when its last client has left. */
export const OnDisconnect = z.enum(['continue', 'pause', 'stop'])
export type OnDisconnect = z.infer<typeof OnDisconnect>

/** What a client may ask for when it starts a run. Source: protocol.md, "Options". */
export const RunOptions = z.object({
  on_disconnect: OnDisconnect.optional(),
  /** Seconds. */
  disconnect_grace: z.number().nonnegative().max(31_536_000).optional(),
  input: z
    .object({
      /** Seconds. */
      timeout_s: z.number().positive().max(31_536_000).nullish(),
      on_timeout: z.enum(['fail', 'stop', 'answer']).default('fail'),
      answer: z.string().default('')
    })
    .optional(),
  /** Begins with the team state that the session's last run ended with. */
  continue: z.boolean().optional(),
  /** Begins with this team state. */
  state: z.record(z.string(), z.unknown()).optional()
})
export type RunOptions = z.infer<typeof RunOptions>

/** What may be asked for beside the options, where it stands alone too. */
interface Asked {
  options?: RunOptions | null
  state?: RunOptions['state'] | null
  continue?: boolean | null
}

/** What was asked for when a run was made and when it was started; the later word counts. */
export function mergeOptions(before: unknown, { options, state, continue: goesOn }: Asked): RunOptions {
  const all: RunOptions = { ...(before as RunOptions | null), ...options }
  if (state) all.state = state
  if (goesOn != null) all.continue = goesOn
  return all
}

/** What is kept of how a run was started. */
export interface StartedRunOptions extends RunOptions {
  /** A UUID from which the run's ids follow. */
  seed: string
  /** Milliseconds since 1970. */
  began: number
  /** Whether somebody has followed the run, where it does not simply go on when everybody has left. */
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
