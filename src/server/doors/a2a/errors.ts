import type { ReasonCode } from '../../../protocol/errors.ts'

/** An error of JSON-RPC. `reason` is A2A's name for it, or a code of ours. */
export interface RpcFailure {
  code: number
  message: string
  reason: string
}

/** The errors of A2A 1.0, by reason. */
const codes = {
  TASK_NOT_FOUND: -32001,
  TASK_NOT_CANCELABLE: -32002,
  PUSH_NOTIFICATION_NOT_SUPPORTED: -32003,
  UNSUPPORTED_OPERATION: -32004,
  CONTENT_TYPE_NOT_SUPPORTED: -32005,
  EXTENDED_AGENT_CARD_NOT_CONFIGURED: -32007,
  VERSION_NOT_SUPPORTED: -32009,
  METHOD_NOT_FOUND: -32601,
  INVALID_PARAMS: -32602,
  INTERNAL: -32603
} as const

/** A request that A2A refuses. */
export class A2aError extends Error implements RpcFailure {
  readonly code: number
  readonly reason: keyof typeof codes

  constructor(reason: keyof typeof codes, message: string) {
    super(message)
    this.reason = reason
    this.code = codes[reason]
  }
}

/** What a refusal of ours is in A2A. */
export function failureOfReason(code: ReasonCode, message: string): RpcFailure {
  if (code === 'unknown_run' || code === 'not_yours')
    return { code: codes.TASK_NOT_FOUND, message, reason: 'TASK_NOT_FOUND' }
  if (code === 'input_already_answered' || code === 'not_asked' || code === 'still_running')
    return { code: codes.UNSUPPORTED_OPERATION, message, reason: code }
  return { code: codes.INVALID_PARAMS, message, reason: code }
}

/** The body of an answer that is an error; the reason stands in its details, as A2A wants it. */
export const errorBody = (id: string | number | null, { code, message, reason }: RpcFailure) => ({
  jsonrpc: '2.0',
  id,
  error: {
    ...{ code, message },
    data: [
      {
        '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
        ...{ reason, domain: 'a2a-protocol.org' }
      }
    ]
  }
})
