import { sentence } from '../../protocol/errors.ts'
import { deadline } from '../models/service/deadline.ts'
import { limits, sizeText } from '../shared/limits.ts'
import type { Tool, ToolCall, ToolOutput } from './tool.ts'

/** Runs a tool within its time limit. What goes wrong is a result, but for an abort of the caller's signal. */
export async function runTool(tool: Tool, args: unknown, call: ToolCall): Promise<ToolOutput> {
  const { schema, timeout } = tool
  const late = () => new Error(`The tool "${schema.name}" has given no result within ${timeout! / 1000} s.`)
  const limit = timeout === undefined ? undefined : deadline(call.signal, timeout, late)
  const signal = limit?.signal ?? call.signal
  try {
    const output = await unlessAborted(signal, async () => tool.run(args, { ...call, signal }))
    return typeof output === 'string' ? { content: output } : output
  } catch (error) {
    if (call.signal.aborted) throw call.signal.reason
    return { content: reasonOf(error), isError: true }
  } finally {
    limit?.end()
  }
}

/** A result as it may be told: one that is too large is an error that says so. `limit` in characters. */
export function withinLimit(output: ToolOutput, tool: string, limit: number = limits.toolResult): ToolOutput {
  if (output.content.length <= limit) return output
  return { content: sentence('tool_result_too_large', tool, sizeText(limit)), isError: true }
}

/** An error as a tool result: its text alone, no stack and no path. */
export function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join('\n')
  const text = error instanceof Error ? error.message.trim() || error.name : String(error)
  return text || 'The tool failed and did not say why.'
}

// A tool that ignores its signal is left alone: its result is not awaited any more.
function unlessAborted<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason)
    const giveUp = () => reject(signal.reason)
    signal.addEventListener('abort', giveUp, { once: true })
    work()
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', giveUp))
  })
}
