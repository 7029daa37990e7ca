import { createHash } from 'node:crypto'
import type { ChatMessage } from '../../src/machines/messages/index.ts'
import { FunctionAgent } from '../../src/runtime/agents/function-agent.ts'
import type { Model, ModelRequest, ModelResult } from '../../src/runtime/models/model.ts'

/** A number that follows from a value, in whatever order its fields stand. */
export const numberOf = (value: unknown): number =>
  createHash('sha1').update(JSON.stringify(value, inOrder)).digest().readUInt32BE(0)

const inOrder = (_: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1)))
    : value

const words = ['red', 'green', 'blue', 'apple', 'pear', 'STOP']

/** Some words that follow from a value; two of the colours always, so that graphs go on. */
const wordsOf = (value: unknown): string => {
  const n = numberOf(value)
  return [words[n % 3], words[(n + 1) % 3], words[(n >>> 3) % words.length]].join(' and ')
}

const all = {
  ...{ vision: true, function_calling: true, json_output: true, structured_output: true, family: 'unknown' }
}

/** A model whose answers follow from what it is asked and from nothing else. */
export function thinker(names: readonly string[], tick: () => Promise<void>): Model {
  return {
    info: all,
    async create(request, { signal }) {
      await tick()
      signal.throwIfAborted()
      const content = answerTo(request, names)
      const used = { prompt_tokens: request.messages.length, completion_tokens: 3 }
      const finish_reason = typeof content === 'string' ? 'stop' : 'function_calls'
      return { finish_reason, content, usage: used, cached: false, thought: null }
    }
  }
}

function answerTo(
  { messages, tools, toolChoice, json }: ModelRequest,
  names: readonly string[]
): ModelResult['content'] {
  const n = numberOf(messages)
  if (json) return ledger(n, names)
  if (tools?.length && toolChoice !== 'none' && n % 3 === 0)
    return [{ id: `call-${n}`, name: tools[0]!.name, arguments: JSON.stringify({ what: wordsOf(n) }) }]
  const asked = JSON.stringify(messages.at(-1)!.content)
  // A selector's model names somebody, or sometimes nobody.
  if (asked.includes('is to speak next') || asked.includes('select'))
    return names[n % (names.length + 1)] ?? 'Nobody.'
  return `${wordsOf(messages)} (${n % 1000})`
}

function ledger(n: number, names: readonly string[]): string {
  const entry = (answer: unknown) => ({ reason: `because ${n % 100}`, answer })
  return JSON.stringify({
    is_request_satisfied: entry(n % 7 === 0),
    is_in_loop: entry(n % 5 === 0),
    is_progress_being_made: entry(n % 3 !== 0),
    next_speaker: entry(names[n % names.length]),
    instruction_or_question: entry(`Go on with ${wordsOf(n)}.`)
  })
}

/** An agent whose words follow from all it has ever heard; with `targets` it may hand over to one of them. */
export function hearer(name: string, tick: () => Promise<void>, targets?: readonly string[]) {
  const work = async (
    heard: readonly ChatMessage[],
    { state }: { state: { turns: number; heard: number } }
  ) => {
    await tick()
    state.turns++
    // In whatever order it came.
    const lines = heard.map(({ source, content }) => JSON.stringify([source, content])).sort()
    state.heard = numberOf([state.heard, lines])
    const content = `${name} ${state.turns} says ${wordsOf(state)} (${state.heard % 1000})`
    const target = targets?.[state.heard % (targets.length + 1)]
    return target ? { type: 'HandoffMessage' as const, target, content, context: [] } : content
  }
  return new FunctionAgent(name, work, { initialState: { turns: 0, heard: 0 } })
}
