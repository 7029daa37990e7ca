import { z } from 'zod'
import { make } from '../component/component.ts'
import { defineCondition, type TerminationCondition } from './condition.ts'

/** The stop reason when a stop was requested from outside. */
export const externalStop = 'External termination requested'

/** Stops after the present turn once a stop was requested from outside; its state says whether one was. */
export const externalTermination = defineCondition({
  provider: 'autogen_agentchat.conditions.ExternalTermination',
  description: 'Stops when it is asked for from outside.',
  config: () => z.looseObject({}),
  rule: () => ({
    begin: (): boolean => false,
    set: () => true,
    look: (asked) => (asked ? { state: asked, stop: externalStop } : { state: asked })
  })
})

/** Stops when the run is asked from outside to stop. */
export const external = (): TerminationCondition => make(externalTermination, {})
