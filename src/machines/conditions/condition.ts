import { z } from 'zod'
import { type ComponentType, make, type Nested } from '../component/component.ts'
import type { TeamMessage } from '../messages/index.ts'
import { andTermination } from './and.ts'
import { orTermination } from './or.ts'

/** What one look at new messages comes to: what to remember, and why to stop, if so. */
export interface Verdict<State> {
  state: State
  stop?: string
}

/**
 * A termination condition as a reducer over messages. Its state is plain JSON in the team's snapshot, so that a
 * restored run stops exactly where the original would have. Times are milliseconds since 1970.
 */
export interface Rule<State> {
  begin(now: number): State
  /** True when nothing more may be said; a team that starts so stops at once. */
  met?(state: State): boolean
  look(state: State, messages: readonly TeamMessage[], now: number): Verdict<State>
  /** What the state becomes when somebody outside asks for a stop; only an external condition minds. */
  set?(state: State): State
}

/** A rule that remembers nothing and stops at the first message for which there is a reason. */
// A function declaration, like those below, for the sake of circular imports.
export function stopAt(reason: (message: TeamMessage) => string | false): Rule<null> {
  return {
    begin: () => null,
    look(state, messages) {
      for (const message of messages) {
        const stop = reason(message)
        if (stop !== false) return { state, stop }
      }
      return { state }
    }
  }
}

/** When a team stops. Combine with `and` and `or`. */
export class TerminationCondition {
  // biome-ignore lint/suspicious/noExplicitAny: a condition is stored without the type of its own state
  readonly rule: Rule<any>
  // biome-ignore lint/suspicious/noExplicitAny: see above
  constructor(rule: Rule<any>) {
    this.rule = rule
  }
  /** Stops when both have fired, in whatever turns. */
  and(other: TerminationCondition): TerminationCondition {
    return make(andTermination, { conditions: [this, other] })
  }
  /** Stops when either fires. */
  or(other: TerminationCondition): TerminationCondition {
    return make(orTermination, { conditions: [this, other] })
  }
}

/** Declares a condition as a component: its provider, its config, its rule. */
// A function declaration, because `and.ts` and `or.ts` call it while this module is still loading.
export function defineCondition<Config extends object, State>(condition: {
  provider: string
  description: string
  config(nested: Nested): z.ZodType<Config>
  rule(config: Config): Rule<State>
}): ComponentType<TerminationCondition, Config> {
  const { rule, ...rest } = condition
  return {
    ...rest,
    kind: 'termination',
    version: 1,
    create: (config) => new TerminationCondition(rule(config))
  }
}

/** The config of a condition that is made of others. */
export function Conditions(nested: Nested): z.ZodType<{ conditions: TerminationCondition[] }> {
  return z.looseObject({ conditions: z.array(nested<TerminationCondition>('termination')) })
}
