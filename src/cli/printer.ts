import { styleText } from 'node:util'
import { type TeamMessage, textOf } from '../machines/messages/index.ts'
import type { TaskResult } from '../runtime/team/task-result.ts'
import type { Io } from './io.ts'

/** Shows a run as it comes. */
export interface Printer {
  print(item: TeamMessage | TaskResult): void
  error(error: { code: string; type?: string; message: string }): void
  /** Ends a half-written line before other output. */
  pause(): void
}

/** One JSON line for each message and event, in AutoGen's shape. */
export const jsonLines = (io: Io): Printer => ({
  print(item) {
    if (item.type !== 'TaskResult') return io.stdout(JSON.stringify(item))
    io.stdout(JSON.stringify({ type: 'TaskResult', messages: item.messages, stop_reason: item.stopReason }))
  },
  error: (error) => io.stdout(JSON.stringify({ type: 'Error', error })),
  pause: () => {}
})

/** A transcript for people; pieces of an answer are written as they come. */
export function transcript(io: Io): Printer {
  const write = io.write ?? io.stderr
  let streaming: string | null = null
  let used = { prompt: 0, completion: 0 }
  const pause = () => {
    if (streaming !== null) write('\n')
    streaming = null
  }
  const heading = ({ source, type }: TeamMessage) =>
    `${styleText(['bold', source === 'user' ? 'green' : 'cyan'], source)} ${styleText('dim', type)}`
  return {
    pause,
    print(item) {
      if (item.type === 'TaskResult') {
        pause()
        const tokens = `${used.prompt} prompt and ${used.completion} completion tokens`
        return io.stdout(
          styleText('dim', `— ${item.stopReason} (${item.messages.length} messages, ${tokens})`)
        )
      }
      if (item.type === 'ModelClientStreamingChunkEvent') {
        if (streaming !== item.full_message_id) {
          pause()
          io.stdout(heading({ ...item, type: 'TextMessage' } as TeamMessage))
          streaming = item.full_message_id ?? ''
        }
        return write(item.content)
      }
      used = {
        prompt: used.prompt + (item.models_usage?.prompt_tokens ?? 0),
        completion: used.completion + (item.models_usage?.completion_tokens ?? 0)
      }
      const shown = streaming === item.id
      pause()
      if (shown) return write('\n')
      if (item.type === 'UserInputRequestedEvent') return
      io.stdout(`${heading(item)}\n${textOf(item)}\n`)
    },
    error({ message }) {
      pause()
      io.stderr(`${styleText('red', message)}\n`)
    }
  }
}
