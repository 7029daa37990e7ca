import { endedBy, type Rule } from './rule.ts'

/** Stops when any of these rules fires; the reasons of one turn are joined in the order of the rules. */
export const anyOf = (rules: readonly Rule<unknown>[]): Rule<unknown[]> => ({
  begin: (now) => rules.map((rule) => rule.begin(now)),
  met: (states) => rules.some((rule, i) => rule.met?.(states[i]) === true),
  set: (states) => rules.map((rule, i) => rule.set?.(states[i]) ?? states[i]),
  look(states, messages, now) {
    const verdicts = rules.map((rule, i) => rule.look(states[i], messages, now))
    const reasons = verdicts.flatMap((verdict) => verdict.stop ?? [])
    const state = verdicts.map((verdict) => verdict.state)
    if (reasons.length === 0) return { state }
    return { state, stop: reasons.join(', '), ...endedBy(verdicts) }
  }
})
