import type { ComponentModel } from '../../machines/component/component.ts'
import { type ChatMessage, textOf } from '../../machines/messages/index.ts'
import type { StartedRunOptions } from '../../protocol/run-options.ts'
import type { RunChange } from '../store/store.ts'

/** How much of a task a list of runs knows, in characters. */
const TITLE = 200

/** What a team is called in a list of runs: its label, its name, or its kind. */
function teamName({ label, config, provider }: ComponentModel): string {
  const { name } = (config ?? {}) as { name?: unknown }
  return [label, name].find((one): one is string => typeof one === 'string' && one !== '') ?? kindOf(provider)
}

const kindOf = (provider: string) => provider.slice(provider.lastIndexOf('.') + 1)

/** How a task begins. */
const titleOf = (task: readonly ChatMessage[]): string =>
  task
    .map(textOf)
    .find((text) => text !== '')
    ?.slice(0, TITLE) ?? ''

/** What is kept of a run when it begins: how it is to be gone on with, and what lists show. */
export const beginning = (
  task: readonly ChatMessage[],
  team_config: ComponentModel,
  options: StartedRunOptions
): NonNullable<RunChange['row']> => ({
  status: 'active',
  task: { source: 'user', content: task, message_type: 'text' },
  team: teamName(team_config),
  title: titleOf(task),
  team_config,
  options
})
