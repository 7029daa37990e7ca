import { z } from 'zod'
import { make } from '../component/component.ts'
import { defineCondition, stopAt, type TerminationCondition } from './condition.ts'

/** Stops at a `StopMessage`. */
export const stopMessageTermination = defineCondition({
  provider: 'autogen_agentchat.conditions.StopMessageTermination',
  description: 'Stops when a stop message is sent.',
  config: () => z.looseObject({}),
  rule: () => stopAt(({ type }) => type === 'StopMessage' && 'Stop message received')
})

/** Stops when an agent sends a `StopMessage`. */
export const stopMessage = (): TerminationCondition => make(stopMessageTermination, {})
