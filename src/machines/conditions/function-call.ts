import { z } from 'zod'
import { make } from '../component/component.ts'
import { defineCondition, stopAt, type TerminationCondition } from './condition.ts'

/** Stops when a tool was called and its result is there, an error or that of an unknown tool included. */
export const functionCallTermination = defineCondition({
  provider: 'autogen_agentchat.conditions.FunctionCallTermination',
  description: 'Stops when a function was executed.',
  config: () => z.looseObject({ function_name: z.string() }),
  rule: ({ function_name: wanted }) =>
    stopAt(
      (message) =>
        message.type === 'ToolCallExecutionEvent' &&
        message.content.some(({ name }) => name === wanted) &&
        `Function '${wanted}' was executed.`
    )
})

/** Stops when the function `name` was executed. */
export const functionCall = (name: string): TerminationCondition =>
  make(functionCallTermination, { function_name: name })
