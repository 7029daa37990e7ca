import type { ComponentModel } from '../../machines/component/component.ts'
import { type ChatMessage, textOf } from '../../machines/messages/index.ts'
import type { StartedRunOptions } from '../../protocol/run-options.ts'
import type { RunChange } from '../store/store.ts'

/** How much of a task is in a run's title, in characters. */
const TITLE = 200

/** The row of a run that begins: how it is to be recovered, and what lists of runs show. */
export const initialRow = (
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

/** The team's label, its name, or its kind. */
function teamName({ label, config, provider }: ComponentModel): string {
  const { name } = (config ?? {}) as { name?: unknown }
  const given = [label, name].find((one): one is string => typeof one === 'string' && one !== '')
  // A config that is no component becomes the run's error when it opens.
  return given ?? String(provider).split('.').at(-1)!
}

const titleOf = (task: readonly ChatMessage[]): string =>
  task
    .map(textOf)
    .find((text) => text !== '')
    ?.slice(0, TITLE) ?? ''
