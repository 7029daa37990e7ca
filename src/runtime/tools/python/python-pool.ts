import { PythonProcess, type PythonSettings } from './python-process.ts'

/** Interpreters that a server has at once, whatever runs it has; the least needed goes first. */
const MOST = 32
/** Milliseconds after which an interpreter that is not called is ended; the next call starts another. */
const IDLE = 600_000

/** Which function an interpreter has, for whom. */
export interface Tenant {
  /** Loads the function into an interpreter that has just begun. */
  load(process: PythonProcess, signal: AbortSignal): Promise<void>
}

/**
 * The interpreters of all tools. Each belongs to one tool of one run and keeps its function between calls; calls that
 * come at once have one each. Where there are too many, idle ones of other tools end, and then calls wait.
 */
export class PythonPool {
  readonly #settings: PythonSettings
  readonly #most: number
  /** Those that do nothing, longest idle first. */
  readonly #idle = new Map<PythonProcess, { tenant: Tenant; timer: NodeJS.Timeout }>()
  readonly #busy = new Map<PythonProcess, Tenant>()
  readonly #queue: (() => void)[] = []
  #count = 0

  constructor(settings: PythonSettings, most = MOST) {
    this.#settings = settings
    this.#most = most
  }

  /** Does something with an interpreter that has the tenant's function. */
  async use<T>(tenant: Tenant, signal: AbortSignal, work: (process: PythonProcess) => Promise<T>): Promise<T> {
    const process = this.#idleOf(tenant) ?? (await this.#start(tenant, signal))
    this.#busy.set(process, tenant)
    try {
      return await work(process)
    } finally {
      this.#busy.delete(process)
      this.#putBack(process, tenant)
    }
  }

  /** Ends all interpreters of a tenant. */
  async release(tenant: Tenant): Promise<void> {
    const idle = [...this.#idle].filter(([, one]) => one.tenant === tenant).map(([process]) => process)
    for (const process of idle) this.#forget(process)
    const busy = [...this.#busy].filter(([, one]) => one === tenant).map(([process]) => process)
    await Promise.all([...idle.map((process) => this.#end(process)), ...busy.map((process) => process.close())])
  }

  #idleOf(tenant: Tenant): PythonProcess | undefined {
    const found = [...this.#idle].find(([process, one]) => one.tenant === tenant && process.alive)?.[0]
    if (found) this.#forget(found)
    return found
  }

  async #start(tenant: Tenant, signal: AbortSignal): Promise<PythonProcess> {
    await this.#place(signal)
    let process: PythonProcess | undefined
    try {
      process = await PythonProcess.start(this.#settings)
      await tenant.load(process, signal)
      return process
    } catch (error) {
      await process?.close()
      this.#leave()
      throw error
    }
  }

  /** Waits until there may be one more. */
  async #place(signal: AbortSignal): Promise<void> {
    while (this.#count >= this.#most) {
      const [eldest] = this.#idle.keys()
      if (eldest) {
        this.#forget(eldest)
        await this.#end(eldest)
        continue
      }
      await new Promise<void>((resolve, reject) => {
        const abort = () => {
          this.#queue.splice(this.#queue.indexOf(next), 1)
          reject(signal.reason)
        }
        const next = () => {
          signal.removeEventListener('abort', abort)
          resolve()
        }
        if (signal.aborted) return reject(signal.reason)
        signal.addEventListener('abort', abort, { once: true })
        this.#queue.push(next)
      })
    }
    this.#count++
  }

  #putBack(process: PythonProcess, tenant: Tenant): void {
    if (!process.alive) return void this.#end(process)
    const timer = setTimeout(() => {
      this.#forget(process)
      void this.#end(process)
    }, IDLE)
    timer.unref()
    this.#idle.set(process, { tenant, timer })
    // One that is idle may have to go for a call that waits.
    this.#queue.shift()?.()
  }

  #forget(process: PythonProcess): void {
    clearTimeout(this.#idle.get(process)?.timer)
    this.#idle.delete(process)
  }

  async #end(process: PythonProcess): Promise<void> {
    await process.close()
    this.#leave()
  }

  #leave(): void {
    this.#count--
    this.#queue.shift()?.()
  }
}
