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
  /** The ends of those that are being ended. */
  readonly #ending = new Map<Promise<void>, Tenant>()
  readonly #queue: (() => void)[] = []
  #count = 0

  constructor(settings: PythonSettings, most = MOST) {
    this.#settings = settings
    this.#most = most
  }

  /** Does something with an interpreter that has the tenant's function. */
  async use<T>(
    tenant: Tenant,
    signal: AbortSignal,
    work: (process: PythonProcess) => Promise<T>
  ): Promise<T> {
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
    for (const process of idle) void this.#end(process, tenant)
    const ending = [...this.#ending].filter(([, one]) => one === tenant).map(([end]) => end)
    await Promise.all([...ending, ...busy.map((process) => process.close())])
  }

  #idleOf(tenant: Tenant): PythonProcess | undefined {
    for (const [process, one] of this.#idle) {
      if (one.tenant !== tenant) continue
      this.#forget(process)
      if (process.alive) return process
      void this.#end(process, tenant)
    }
    return undefined
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
      const [eldest] = this.#idle
      if (eldest) {
        this.#forget(eldest[0])
        await this.#end(eldest[0], eldest[1].tenant)
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
    if (!process.alive) return void this.#end(process, tenant)
    const timer = setTimeout(() => {
      this.#forget(process)
      void this.#end(process, tenant)
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

  #end(process: PythonProcess, tenant: Tenant): Promise<void> {
    const end = process.close().then(() => {
      this.#ending.delete(end)
      this.#leave()
    })
    this.#ending.set(end, tenant)
    return end
  }

  #leave(): void {
    this.#count--
    this.#queue.shift()?.()
  }
}
