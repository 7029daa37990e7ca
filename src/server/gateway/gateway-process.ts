import { type ChildProcess, spawn } from 'node:child_process'
import { getCompileCacheDir } from 'node:module'
import { dirname } from 'node:path'
import type { Duplex } from 'node:stream'
import { fileURLToPath } from 'node:url'
import type { RequestHandler } from '../ws/request-handler.ts'
import { tells } from './ops.ts'
import { Reception } from './server-side.ts'

/** How long a gateway may take to listen, and to end when it is asked to, in milliseconds. */
const START = 30_000
const END = 2000
/** How often it may be asked in vain whether it is there. */
const SILENCE = 4

/** The same file in a checkout and in a package. */
const file = fileURLToPath(
  new URL(`../uws/gateway-main.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url)
)

// It keeps hardly anything, so a large young generation would be most of its memory.
const flags = ['--max-semi-space-size=2']

/** Where clients arrive. */
export interface Address {
  host: string
  port: number
}

/** A gateway that was started. It ends with its pipe, and so with this process, however that ends. */
export class GatewayProcess {
  /** Rejects where it does not come to listen. */
  readonly listening: Promise<void>
  /** Resolves when it has ended, with the reason. */
  readonly ended: Promise<string>
  readonly #child: ChildProcess
  readonly #reception: Reception

  /** It is asked every so many milliseconds whether it is there. */
  constructor(front: RequestHandler, { host, port }: Address, beat: number) {
    // What it compiles is kept where this process keeps its own: each version of Node, with its flags, has a folder there.
    const kept = getCompileCacheDir()
    this.#child = spawn(process.execPath, [...flags, file], {
      env: { ...process.env, ...(kept && { NODE_COMPILE_CACHE: dirname(kept) }) },
      stdio: ['ignore', 'ignore', 'inherit', 'pipe']
    })
    this.#reception = new Reception(front, this.#child.stdio[3] as Duplex)
    this.ended = new Promise((resolve) => {
      this.#child.once('exit', (code, signal) => resolve(String(signal ?? code)))
      this.#child.once('error', ({ message }) => resolve(message))
    })
    const late = setTimeout(() => this.#kill(), START)
    this.listening = this.#reception.listen(host, port).finally(() => clearTimeout(late))
    this.listening.then(
      () => this.#watch(beat),
      () => this.#kill()
    )
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  /** Stops accepting clients. */
  shut(): void {
    this.#reception.link.put(tells.quiet, 0)
  }

  /** Ends it when all it was told has gone out. */
  async end(): Promise<void> {
    this.#reception.link.end()
    const late = setTimeout(() => this.#kill(), END)
    await this.ended
    clearTimeout(late)
  }

  #watch(beat: number): void {
    const asking = setInterval(() => this.#reception.ask() >= SILENCE && this.#kill(), beat)
    void this.ended.then(() => clearInterval(asking))
  }

  #kill(): void {
    this.#child.kill('SIGKILL')
  }
}
