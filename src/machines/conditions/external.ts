import { z } from 'zod'
import { make } from '../component/component.ts'
import { definition } from '../component/define.ts'
import type { Rule } from './condition.ts'
import { TerminationCondition } from './condition.ts'

/** The stop reason when a stop was requested from outside. */
export const externalStop = 'External termination requested'

/** A condition that a program may set from outside: the team stops after its present turn. */
export class ExternalTermination extends TerminationCondition {
  readonly #wish: { isOpen: boolean }

  constructor() {
    const wish = { isOpen: false }
    super(ruleOf(wish))
    this.#wish = wish
  }

  /** Asks the team that has this condition to stop after its present turn, or after the first one of its next run. */
  set(): void {
    this.#wish.isOpen = true
  }
}

/** Its state says whether a stop was asked for; what a program has set goes into it at the next look. */
const ruleOf = (wish: { isOpen: boolean }): Rule<boolean> => ({
  begin: () => false,
  set: () => true,
  look(asked) {
    if (!asked && !wish.isOpen) return { state: asked }
    wish.isOpen = false
    return { state: true, stop: externalStop, by: 'request' }
  }
})

/** Stops after the present turn once a stop was asked for from outside. */
export const externalTermination = definition({
  provider: 'autogen_agentchat.conditions.ExternalTermination',
  kind: 'termination',
  version: 1,
  description: 'Stops when it is asked for from outside.',
  config: () => z.looseObject({}),
  create: () => new ExternalTermination()
})

/** Stops when it is set from outside, by its `set()` or by a `stop` frame. */
export const external = (): ExternalTermination => make(externalTermination, {}) as ExternalTermination
