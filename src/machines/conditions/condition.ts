import { z } from 'zod'
import { make, type Nested } from '../component/component.ts'
import { type ConfigSchema, type Definition, definition, schemaFunction } from '../component/define.ts'
import { allOf } from './and.ts'
import { anyOf } from './or.ts'
import type { Rule } from './rule.ts'

export { type Rule, stopAt, type Verdict } from './rule.ts'

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

/** What makes a condition of one's own. */
export interface ConditionDefinition<Config extends object, Given, State> {
  /** The name under which configs find it: `my.conditions.Echo`. */
  provider: string
  description?: string
  /** The schema of its config; empty where it is left out. */
  config?: ConfigSchema<Config, Given>
  /** Makes the reducer that judges messages. */
  rule(config: Config): Rule<State>
}

/** Declares a condition as a component: its provider, its config, its rule. Called, it makes one of its config. */
export const defineCondition = <Config extends object, State, Given = Config>({
  rule,
  config,
  provider,
  description = `The condition "${provider}".`
}: ConditionDefinition<Config, Given, State>): Definition<TerminationCondition, Config, Given> =>
  definition({
    provider,
    description,
    config: schemaFunction(config),
    kind: 'termination',
    version: 1,
    create: (given) => new TerminationCondition(rule(given))
  })

/** The config of a condition that is made of others. */
const Conditions = (nested: Nested): z.ZodType<{ conditions: TerminationCondition[] }> =>
  z.looseObject({ conditions: z.array(nested<TerminationCondition>('termination')) })

const rulesOf = (conditions: readonly TerminationCondition[]) => conditions.map(({ rule }) => rule)

/** Stops when all of its conditions have fired. */
export const andTermination = defineCondition({
  provider: 'autogen_agentchat.base.AndTerminationCondition',
  description: 'Stops when all of its conditions have fired.',
  config: Conditions,
  rule: ({ conditions }) => allOf(rulesOf(conditions))
})

/** Stops when any of its conditions fires. */
export const orTermination = defineCondition({
  provider: 'autogen_agentchat.base.OrTerminationCondition',
  description: 'Stops when any of its conditions fires.',
  config: Conditions,
  rule: ({ conditions }) => anyOf(rulesOf(conditions))
})
