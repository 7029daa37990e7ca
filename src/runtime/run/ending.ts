import type { TeamMessage, TextMessage } from '../../machines/messages/index.ts'
import type { Failure } from '../../machines/shared/outcome.ts'
import type { TeamResult } from '../../protocol/frames.ts'
import type { Clock } from '../shared/clock.ts'
import { createMessage } from '../shared/create-message.ts'
import type { Outbox } from './outbox.ts'

const FAILED = 'An error occurred while processing this run'

/** How a run came out, as its clients are told; `cancelled` is the reason. */
export type Ending = { stop: string } | { failure: Failure } | { cancelled: string | true }

/** What a run was, for its last frame. */
interface Past {
  clock: Clock
  /** Milliseconds since 1970. */
  began: number
  messages: readonly TeamMessage[]
}

/** Tells how a run came out: its last status and its last frame, and waits until they are stored. */
export async function tellEnd(outbox: Outbox, ending: Ending, past: Past): Promise<void> {
  if ('failure' in ending) {
    const { type, message, code } = ending.failure
    const text = type && !code ? `${type}: ${message}` : message
    outbox.changeRow({ status: 'error', error_message: text })
    outbox.appendFrame({ type: 'status', status: 'error', state: 'failed' })
    tellCompletion(outbox, { status: 'error', code }, 'system', text, FAILED, past)
  } else if ('cancelled' in ending) {
    const reason = ending.cancelled === true ? 'The run was cancelled.' : ending.cancelled
    outbox.changeRow({ status: 'stopped' })
    outbox.appendFrame({ type: 'status', status: 'stopped', state: 'cancelled' })
    tellCompletion(outbox, { status: 'cancelled' }, 'user', reason, reason, past)
  } else {
    outbox.changeRow({ status: 'complete' })
    outbox.appendFrame({ type: 'status', status: 'complete', state: 'completed' })
    outbox.appendFrame({
      type: 'result',
      status: 'complete',
      data: resultOf(past.messages, ending.stop, past)
    })
  }
  await outbox.committed()
}

function tellCompletion(
  outbox: Outbox,
  how: { status: 'cancelled' | 'error'; code?: string },
  source: string,
  content: string,
  reason: string,
  past: Past
): void {
  const message = createMessage<TextMessage>({ type: 'TextMessage', source, content }, past.clock)
  const timestamp = new Date(past.clock.now()).toISOString()
  outbox.appendFrame({ type: 'completion', ...how, data: resultOf([message], reason, past), timestamp })
}

const resultOf = (
  messages: readonly TeamMessage[],
  stop_reason: string,
  { clock, began }: Past
): TeamResult => ({
  task_result: { messages, stop_reason },
  usage: '',
  duration: Math.max(0, clock.now() - began) / 1000
})
