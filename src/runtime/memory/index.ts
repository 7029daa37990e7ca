import { listMemory } from './list-memory.ts'

export { ListMemory } from './list-memory.ts'
export type { Memory, MemoryCall, Recollection } from './memory.ts'

/** Every memory. Adding one is a file beside this and a line here. */
export const memories = [listMemory] as const
