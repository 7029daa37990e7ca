import type { Runtime } from '../../runtime/host/runtime.ts'
import type { InputAcks } from './input-acks.ts'

/** Something was left out of what a client sent, and the rest is done. */
export interface Warning {
  code: 'bad_file'
  warning: string
  file?: string
}

/** Who steers a run, by a frame or by REST. */
export interface Caller {
  runtime: Runtime
  run: number
  /** What this client has answered. */
  answers: InputAcks
  /** Whether the client has left meanwhile. */
  readonly gone?: boolean
  warn(warning: Warning): void
}
