import { externalStop } from '../../machines/conditions/index.ts'
import type { ChatMessage, TeamMessage, Usage } from '../../machines/messages/index.ts'
import { failureOf } from '../../machines/shared/outcome.ts'
import { plainMessage } from '../../protocol/frames.ts'
import type { ServerFrame } from '../../protocol/server-frames.ts'
import type { RunUsage } from '../../runtime/contract/usage.ts'
import type { JournalInput } from '../../runtime/journal/entries.ts'
import { entriesOf } from '../../runtime/journal/run-log.ts'
import type { RunLog, RunRow } from '../../runtime/store/store.ts'
import { runErrorOf } from '../../runtime/team/stream-run.ts'
import { outputOf, type TaskResult, type TaskStatus } from '../../runtime/team/task-result.ts'

type Last = Extract<ServerFrame, { type: 'result' | 'completion' }>

/** How a run came out that has ended, from its log: as `team.run()` gives it. Throws what the run has failed with. */
export async function resultOf(log: RunLog, run: RunRow): Promise<TaskResult> {
  const frames = await log.frames(run.id)
  const entries = (await log.journal(run.id, 0, ['effect', 'turn', 'command'])).flatMap(entriesOf)
  const last = JSON.parse(frames.at(-1)!.text) as Last
  const reason = last.data.task_result.stop_reason
  if (last.type === 'completion' && last.status === 'error') throw failedWith(last)
  const messages = frames.flatMap(({ type, text }) => messageIn(type, text))
  const { content } = run.task as { content?: readonly ChatMessage[] }
  return {
    type: 'TaskResult',
    status: last.type === 'completion' ? 'stopped' : statusOf(reason, entries),
    stopReason: reason,
    messages: messages as TaskResult['messages'],
    usage: usageOf(entries),
    output: outputOf(messages, Array.isArray(content) ? content : [])
  }
}

/** What a run was that ended as `error`: the words of it, and its code where the reason is a listed one. */
function failedWith({ code, data }: Extract<Last, { type: 'completion' }>): Error {
  const [told] = data.task_result.messages
  const message = String((told as { content?: unknown } | undefined)?.content ?? '')
  const named = /^([A-Z]\w*(?:Error|Exception)): (.*)$/s.exec(message)
  if (code !== undefined) return runErrorOf({ message, type: 'TroupeError', code })
  return runErrorOf(named ? { type: named[1]!, message: named[2]! } : failureOf(message))
}

/** Whether a stop that was asked for, or a limit, has ended a run that is complete. */
function statusOf(reason: string, entries: readonly JournalInput[]): TaskStatus {
  const told = entries.some(
    (entry) => entry.kind === 'command' && entry.command.type === 'finish' && entry.command.reason === reason
  )
  return told || reason === externalStop ? 'stopped' : 'done'
}

/** What the model calls have used: each answer of a model is journaled with it. */
function usageOf(entries: readonly JournalInput[]): RunUsage {
  const total: RunUsage = { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0, calls: 0 }
  for (const entry of entries) {
    const usage = entry.kind === 'effect' && 'answer' in entry ? usageIn(entry.answer) : undefined
    if (!usage) continue
    total.prompt_tokens += usage.prompt_tokens
    total.completion_tokens += usage.completion_tokens
    total.total_tokens += usage.prompt_tokens + usage.completion_tokens
    total.calls++
  }
  return total
}

function usageIn(answer: unknown): Usage | undefined {
  const usage = (answer as { usage?: Partial<Usage> } | null)?.usage
  return typeof usage?.prompt_tokens === 'number' && typeof usage.completion_tokens === 'number'
    ? (usage as Usage)
    : undefined
}

/** The message of a frame; the records of model calls are none. */
function messageIn(type: string, text: string): TeamMessage[] {
  if (type !== 'message' && type !== 'event') return []
  const { data } = JSON.parse(text) as { data: { source?: unknown; content?: unknown } }
  return data.source === 'llm_call_event' ? [] : [plainMessage(data)]
}
