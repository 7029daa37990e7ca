import { fileURLToPath } from 'node:url'
import { startChild } from './child.ts'

const program = fileURLToPath(new URL('./lock-holder.ts', import.meta.url))

/** A lock on a database that another process holds. */
export interface DatabaseLock extends AsyncDisposable {
  /** Ends the other process. */
  free(): Promise<void>
}

/** Has another process hold the lock for writing of a database until it is freed. */
export async function lockDatabase(file: string): Promise<DatabaseLock> {
  const child = await startChild(process.execPath, [program, file], /^locked$/)
  const free = async () => void (await child.end('SIGKILL'))
  return { free, [Symbol.asyncDispose]: free }
}
