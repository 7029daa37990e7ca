import { describe, expect, test } from 'vitest'
import { MemoryQueryEvent } from '../src/machines/messages/index.ts'
import { dump, Registry } from '../src/runtime/components/registry.ts'
import { ListMemory } from '../src/runtime/memory/index.ts'

const tea = { content: 'likes tea', mime_type: 'text/plain', metadata: null }
const rome = { content: { city: 'Rome' }, mime_type: 'application/json', metadata: { since: 1999 } }
const picture = { content: { data: 'iVBORw0=' }, mime_type: 'image/*', metadata: null }

describe('a list memory', () => {
  test('gives a context one system message with everything, numbered in the order of adding', async () => {
    const { messages } = await new ListMemory({ contents: [tea, rome, picture] }).update()
    const [first, ...others] = messages
    expect(others).toEqual([])
    expect(first!.type).toBe('SystemMessage')
    const numbered = String(first!.content).split('\n').slice(1)
    expect(numbered).toEqual(['1. likes tea', '2. {"city":"Rome"}', '3. [image]'])
  })
  test('says what it gave, metadata kept, as the content of a memory event', async () => {
    const { memories } = await new ListMemory({ contents: [tea, rome] }).update()
    const event = { id: 'i', source: 'a', created_at: '2026-01-01T00:00:00Z', type: 'MemoryQueryEvent' }
    expect(
      MemoryQueryEvent.parse({ ...event, content: JSON.parse(JSON.stringify(memories)) }).content
    ).toEqual([tea, rome])
  })
  test('adds nothing to a context while it is empty', async () => {
    expect(await new ListMemory().update()).toEqual({ memories: [], messages: [] })
  })
  test('finds all it has, whatever it is asked', async () => {
    const memory = new ListMemory()
    await memory.add(tea)
    await memory.add(rome)
    expect(await memory.query()).toEqual([tea, rome])
  })
  test('does not change what it gave before', async () => {
    const memory = new ListMemory({ contents: [tea] })
    const given = [await memory.query(), (await memory.update()).memories]
    await memory.clear()
    expect(given).toEqual([[tea], [tea]])
    expect(await memory.query()).toEqual([])
  })
  test('refuses what is no memory', async () => {
    await expect(new ListMemory().add({ content: 7 } as never)).rejects.toThrow()
  })
})

describe('the component of a list memory', () => {
  const component = {
    provider: 'autogen_core.memory.ListMemory',
    config: { name: 'notes', memory_contents: [{ content: 'likes tea', mime_type: 'text/plain' }] }
  }
  const load = () => new Registry().load<ListMemory>(component, 'memory')

  test('fills it', () => {
    expect(load().name).toBe('notes')
    expect(load().contents).toEqual([tea])
  })
  test('holds what was added since', async () => {
    for (const memory of [load(), new ListMemory({ name: 'notes', contents: [tea] })]) {
      await memory.add(rome)
      expect(dump(memory).config).toEqual({ name: 'notes', memory_contents: [tea, rome] })
    }
  })
  test('gives every loader a memory of its own', async () => {
    await load().add(rome)
    expect(load().contents).toEqual([tea])
  })
})
