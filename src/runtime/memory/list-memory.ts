import { z } from 'zod'
import { type ComponentType, remember } from '../../machines/component/component.ts'
import { MemoryContent } from '../../machines/messages/index.ts'
import type { Memory, Recollection } from './memory.ts'

const Config = z.looseObject({
  name: z.string().nullish(),
  memory_contents: z.array(MemoryContent).default(() => [])
})
type Config = z.infer<typeof Config>

/** Remembers a list and thinks all of it relevant, always, in the order in which it was added. */
export class ListMemory implements Memory {
  readonly name: string
  readonly #contents: MemoryContent[]

  constructor(options: { name?: string; contents?: MemoryContent[] } = {}) {
    this.name = options.name ?? 'default_list_memory'
    // The given list itself, which is that of the config: so the dumped component holds what was added, as in AutoGen.
    this.#contents = options.contents ?? []
    remember(listMemory, { name: this.name, memory_contents: this.#contents }, this)
  }

  /** What it remembers, oldest first. */
  get contents(): readonly MemoryContent[] {
    return this.#contents
  }

  async update(): Promise<Recollection> {
    const memories = [...this.#contents]
    if (memories.length === 0) return { memories, messages: [] }
    const lines = memories.map((memory, i) => `${i + 1}. ${asText(memory)}`)
    const content = ['What you remember that may matter here, oldest first:', ...lines].join('\n')
    return { memories, messages: [{ type: 'SystemMessage', content }] }
  }

  async query(): Promise<MemoryContent[]> {
    return [...this.#contents]
  }
  async add(content: MemoryContent): Promise<void> {
    this.#contents.push(MemoryContent.parse(content))
  }
  async clear(): Promise<void> {
    this.#contents.length = 0
  }
  async close(): Promise<void> {}
}

function asText({ content, mime_type }: MemoryContent): string {
  if (typeof content === 'string') return content
  return mime_type.startsWith('image/') ? '[image]' : JSON.stringify(content)
}

/** The component type of list memories. */
export const listMemory: ComponentType<ListMemory, Config> = {
  provider: 'autogen_core.memory.ListMemory',
  kind: 'memory',
  version: 1,
  description: 'Remembers a list.',
  config: () => Config,
  create: ({ name, memory_contents }) =>
    new ListMemory({ name: name ?? undefined, contents: memory_contents })
}
