import {
  type ConfigSchema,
  type Definition,
  definition,
  schemaFunction
} from '../../machines/component/define.ts'
import type { Memory } from '../memory/memory.ts'

/** What makes a kind of memory of one's own. */
export interface MemoryDefinition<Config extends object, Given> {
  /** The name under which configs find it: `my.memories.Notes`. */
  provider: string
  description?: string
  /** The schema of its config; empty where it is left out. */
  config?: ConfigSchema<Config, Given>
  /** Makes a memory; each agent that names it gets one of its own. */
  create(config: Config): Memory
}

/** Declares a kind of memory as a component. Called with its config, it makes such a memory. */
export const defineMemory = <Config extends object, Given = Config>({
  provider,
  description = `A memory of the kind "${provider}".`,
  config,
  create
}: MemoryDefinition<Config, Given>): Definition<Memory, Config, Given> =>
  definition<Memory, Config, Given>({
    ...{ provider, description, config: schemaFunction(config), create },
    kind: 'memory',
    version: 1
  })
