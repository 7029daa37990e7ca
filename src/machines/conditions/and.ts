import type { EndedBy } from '../shared/outcome.ts'
import { endedBy, type Rule } from './rule.ts'

/** Each condition's own state, and the reasons of those that have fired, in the order in which they did. */
interface Progress {
  states: unknown[]
  fired: number[]
  reasons: string[]
  /** Who has asked for one of those that have fired. */
  by?: EndedBy
}

/** Stops when all of these rules have fired, in whatever turns; their reasons are joined in the order of firing. */
export const allOf = (rules: readonly Rule<unknown>[]): Rule<Progress> => ({
  begin: (now) => ({ states: rules.map((rule) => rule.begin(now)), fired: [], reasons: [] }),
  met: (progress) => rules.every((rule, i) => isDone(rule, i, progress)),
  set: (progress) => ({
    ...progress,
    states: rules.map((rule, i) => rule.set?.(progress.states[i]) ?? progress.states[i])
  }),
  look(progress, messages, now) {
    const state: Progress = {
      states: [...progress.states],
      fired: [...progress.fired],
      reasons: [...progress.reasons],
      ...endedBy([progress])
    }
    rules.forEach((rule, i) => {
      if (isDone(rule, i, progress)) return
      const verdict = rule.look(state.states[i], messages, now)
      state.states[i] = verdict.state
      if (verdict.stop === undefined) return
      state.fired.push(i)
      state.reasons.push(verdict.stop)
      if (verdict.by !== undefined) state.by = verdict.by
    })
    const all = rules.every((rule, i) => state.fired.includes(i) || isDone(rule, i, progress))
    return all ? { state, stop: state.reasons.join(', '), ...endedBy([state]) } : { state }
  }
})

// One that was met before anything was said is done without having had a reason.
const isDone = (rule: Rule<unknown>, i: number, { states, fired }: Progress): boolean =>
  fired.includes(i) || rule.met?.(states[i]) === true
