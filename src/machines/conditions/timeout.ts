import { z } from 'zod'
import { make } from '../component/component.ts'
import { floatText } from '../messages/python-repr.ts'
import { defineCondition, type TerminationCondition } from './condition.ts'

/** Stops at the first turn's end after so much time; a turn is not cut short. */
export const timeoutTermination = defineCondition({
  provider: 'autogen_agentchat.conditions.TimeoutTermination',
  description: 'Stops after a time.',
  config: () => z.looseObject({ timeout_seconds: z.number() }),
  rule: ({ timeout_seconds }) => ({
    /** When the time began to run, in milliseconds since 1970. */
    begin: (now): number => now,
    look: (since, _messages, now) =>
      now - since >= timeout_seconds * 1000
        ? { state: since, stop: `Timeout of ${floatText(timeout_seconds)} seconds reached` }
        : { state: since }
  })
})

/** Stops after `seconds`, when the turn that is under way is over. */
export const timeout = (seconds: number): TerminationCondition =>
  make(timeoutTermination, { timeout_seconds: seconds })
