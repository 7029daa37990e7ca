import { Conditions, defineCondition, type Rule } from './condition.ts'

/** Each condition's own state, and the reasons of those that have fired, in the order in which they did. */
interface Progress {
  states: unknown[]
  fired: number[]
  reasons: string[]
}

/** Stops when all of its conditions have fired, in whatever turns; the reasons are joined in the order of firing. */
export const andTermination = defineCondition({
  provider: 'autogen_agentchat.base.AndTerminationCondition',
  description: 'Stops when all of its conditions have fired.',
  config: Conditions,
  rule: ({ conditions }) => ({
    begin: (now): Progress => ({
      states: conditions.map(({ rule }) => rule.begin(now)),
      fired: [],
      reasons: []
    }),
    met: (progress) => conditions.every(({ rule }, i) => done(rule, i, progress)),
    set: (progress) => ({
      ...progress,
      states: conditions.map(({ rule }, i) => rule.set?.(progress.states[i]) ?? progress.states[i])
    }),
    look(progress, messages, now) {
      const state: Progress = {
        states: [...progress.states],
        fired: [...progress.fired],
        reasons: [...progress.reasons]
      }
      conditions.forEach(({ rule }, i) => {
        if (done(rule, i, progress)) return
        const verdict = rule.look(state.states[i], messages, now)
        state.states[i] = verdict.state
        if (verdict.stop === undefined) return
        state.fired.push(i)
        state.reasons.push(verdict.stop)
      })
      const all = conditions.every(({ rule }, i) => state.fired.includes(i) || done(rule, i, progress))
      return all ? { state, stop: state.reasons.join(', ') } : { state }
    }
  })
})

// One that was met before anything was said is done without having had a reason.
const done = (rule: Rule<unknown>, i: number, { states, fired }: Progress): boolean =>
  fired.includes(i) || rule.met?.(states[i]) === true
