import { z } from 'zod'
import { make } from '../component/component.ts'
import { defineCondition, type TerminationCondition } from './condition.ts'

/** The stop reason when somebody outside has asked for a stop. */
export const externalStop = 'External termination requested'

/** Stops after the present turn once somebody outside has asked for that; its state says whether somebody has. */
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
