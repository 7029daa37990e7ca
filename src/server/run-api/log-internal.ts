import { codeOf } from '../../protocol/close-codes.ts'
import type { Runtime } from '../../runtime/host/runtime.ts'

/** Logs why something could not be done for a client of a run, where that is the server's fault and it is not closing. */
export function logInternal(
  { log, isClosing }: Pick<Runtime, 'log' | 'isClosing'>,
  run: number,
  error: unknown,
  what: string
): void {
  const code = codeOf(error)
  if (code === 'internal' && !isClosing) log.error({ run_id: run, code, err: error }, what)
}
