import { Conditions, defineCondition } from './condition.ts'

/** Stops when any of its conditions fires; the reasons of one turn are joined in the order of the config. */
export const orTermination = defineCondition({
  provider: 'autogen_agentchat.base.OrTerminationCondition',
  description: 'Stops when any of its conditions fires.',
  config: Conditions,
  rule: ({ conditions }) => ({
    begin: (now): unknown[] => conditions.map(({ rule }) => rule.begin(now)),
    met: (states) => conditions.some(({ rule }, i) => rule.met?.(states[i])),
    look(states, messages, now) {
      const verdicts = conditions.map(({ rule }, i) => rule.look(states[i], messages, now))
      const stop = verdicts.flatMap((verdict) => verdict.stop ?? []).join(', ')
      const state = verdicts.map((verdict) => verdict.state)
      return stop === '' ? { state } : { state, stop }
    }
  })
})
