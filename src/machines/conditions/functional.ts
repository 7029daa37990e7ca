import type { TeamMessage } from '../messages/index.ts'
import { TerminationCondition } from './condition.ts'

/**
 * Stops when a function says so of what was said last. It must be pure and answer at once: a run that is recovered
 * asks it again. As it holds code, it has no component form, and a team that has it is not dumped.
 */
export const functional = (met: (messages: readonly TeamMessage[]) => boolean): TerminationCondition =>
  new TerminationCondition({
    begin: () => null,
    look: (state, messages) =>
      met(messages) === true ? { state, stop: 'Functional termination condition met' } : { state }
  })
