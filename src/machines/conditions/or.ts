import { Conditions, defineCondition } from './condition.ts'

/** Stops when any of its conditions fires; the reasons of one turn are joined in the order of the config. */
export const orTermination = defineCondition({
  provider: 'autogen_agentchat.base.OrTerminationCondition',
  description: 'Stops when any of its conditions fires.',
  config: Conditions,
  rule: ({ conditions }) => ({
    begin: (now): unknown[] => conditions.map(({ rule }) => rule.begin(now)),
    met: (states) => conditions.some(({ rule }, i) => rule.met?.(states[i]) === true),
    set: (states) => conditions.map(({ rule }, i) => rule.set?.(states[i]) ?? states[i]),
    look(states, messages, now) {
      const verdicts = conditions.map(({ rule }, i) => rule.look(states[i], messages, now))
      const reasons = verdicts.flatMap((verdict) => verdict.stop ?? [])
      const state = verdicts.map((verdict) => verdict.state)
      return reasons.length === 0 ? { state } : { state, stop: reasons.join(', ') }
    }
  })
})
