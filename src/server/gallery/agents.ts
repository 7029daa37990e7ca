import type { ComponentModel } from '../../machines/component/component.ts'
import { openai } from './models.ts'
import { assistant, person } from './parts.ts'
import { timeTool } from './tools.ts'

/** Does what it is asked to, and says DONE when nothing is left. */
export const helper: ComponentModel = assistant(
  'helper',
  { label: 'Helper', description: 'Answers questions and does small tasks.' },
  openai,
  'You are a helpful assistant. Solve the task step by step. Say DONE when nothing is left to do.'
)

/** Looks for what is wrong. */
export const critic: ComponentModel = assistant(
  'critic',
  { label: 'Critic', description: 'Reads what the others wrote and says what is missing or wrong.' },
  openai,
  'Read what was written so far. Name the two most important flaws. Say DONE only when you find none.'
)

/** A person at the keyboard. */
export const user: ComponentModel = person('user_proxy', {
  label: 'You',
  description: 'A person who is asked for input.'
})

const clock = assistant(
  'clock',
  { label: 'Assistant with a tool', description: 'Knows the time everywhere by asking a web service.' },
  openai,
  'Answer questions about the time in places. Ask your tool, do not guess. Say DONE after the answer.',
  { tools: [timeTool], reflect_on_tool_use: true }
)

/** The agents of the default gallery. */
export const agents: readonly ComponentModel[] = [helper, critic, clock, user]
