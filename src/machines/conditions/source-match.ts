import { z } from 'zod'
import { make } from '../component/component.ts'
import { defineCondition, stopAt, type TerminationCondition } from './condition.ts'

/** Stops when one of some sources has said something, be it an event only. */
export const sourceMatchTermination = defineCondition({
  provider: 'autogen_agentchat.conditions.SourceMatchTermination',
  description: 'Stops when one of the sources has answered.',
  config: () => z.looseObject({ sources: z.array(z.string()) }),
  rule: ({ sources }) => stopAt(({ source }) => sources.includes(source) && `'${source}' answered`)
})

/** Stops when one of `sources` has answered. */
export const sourceMatch = (...sources: string[]): TerminationCondition =>
  make(sourceMatchTermination, { sources })
