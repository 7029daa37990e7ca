import { z } from 'zod'
import { make } from '../component/component.ts'
import { defineCondition, stopAt, type TerminationCondition } from './condition.ts'

/** Stops at a handoff to a target, which need not be a participant: a person, for instance. */
export const handoffTermination = defineCondition({
  provider: 'autogen_agentchat.conditions.HandoffTermination',
  description: 'Stops at a handoff to a target.',
  config: () => z.looseObject({ target: z.string() }),
  rule: ({ target }) =>
    stopAt(
      (message) =>
        message.type === 'HandoffMessage' &&
        message.target === target &&
        `Handoff to ${target} from ${message.source} detected.`
    )
})

/** Stops at a handoff to `target`. */
export const handoffTo = (target: string): TerminationCondition => make(handoffTermination, { target })
