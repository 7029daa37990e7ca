import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { childrenOf } from './proc.ts'
import { now, within } from './waiting.ts'

/** A server to be measured. */
export interface Server {
  url: string
  /** All its processes. */
  pids: number[]
  /** Milliseconds from its start to its listening; 0 when it ran already. */
  startup: number
  /** The end of its log if it has died, else nothing. */
  lastWords(): string
  stop(): Promise<void>
  /** Ends it and starts it again on the same data, where it was started here; its `url` changes. */
  restart?(): Promise<void>
}

const root = resolve(import.meta.dirname, '..')
const running = new Map<ChildProcess, string>()
process.on('exit', () => {
  for (const [child, directory] of running) {
    child.kill('SIGKILL')
    rmSync(directory, { recursive: true, force: true })
  }
})

/** A server that runs already; it is left running. */
export const existing = (url: string, pids: number[]): Server => ({
  url,
  pids,
  startup: 0,
  lastWords: () => '',
  stop: async () => {}
})

/** Starts the product on a free port with a data directory of its own, and waits until it listens. */
export async function startProduct(
  bin = 'bin/troupe',
  flags: string[] = [],
  node?: string[]
): Promise<Server> {
  const directory = mkdtempSync(join(tmpdir(), 'troupe-bench-'))
  const product = new Product(
    directory,
    node ? [process.execPath, ...node, 'src/cli.ts'] : [resolve(root, bin)],
    flags
  )
  await product.start().catch((error) => product.stop().then(() => Promise.reject(error)))
  return product
}

/** The product, in a process and with a data directory of its own. */
class Product implements Server {
  url = ''
  pids: number[] = []
  startup = 0
  readonly #directory: string
  readonly #command: string[]
  readonly #flags: string[]
  #child: ChildProcess | undefined

  constructor(directory: string, command: string[], flags: string[]) {
    this.#directory = directory
    this.#command = command
    this.#flags = flags
  }

  async start(): Promise<void> {
    const begun = now()
    const [program, ...more] = this.#command
    const args = [
      ...more,
      'serve',
      '--port',
      '0',
      '--data-dir',
      join(this.#directory, 'data'),
      ...this.#flags
    ]
    const stderr = openSync(this.#log, 'a')
    const child = spawn(program!, args, { cwd: root, stdio: ['ignore', 'pipe', stderr] })
    closeSync(stderr)
    this.#child = child
    running.set(child, this.#directory)
    child.once('exit', () => running.delete(child))
    try {
      this.url = await within(60_000, `${this.#command.join(' ')} serve`, listening(child))
    } catch (error) {
      throw new Error(`${(error as Error).message}\n${tail(this.#log)}`)
    }
    this.startup = now() - begun
    this.pids = [child.pid!, ...childrenOf(child.pid!)]
  }

  async restart(): Promise<void> {
    await end(this.#child!)
    await this.start()
  }

  lastWords(): string {
    return running.has(this.#child!) ? '' : tail(this.#log)
  }

  async stop(): Promise<void> {
    await end(this.#child!).finally(() => rmSync(this.#directory, { recursive: true, force: true }))
  }

  get #log(): string {
    return join(this.#directory, 'stderr.log')
  }
}

const tail = (file: string): string => readFileSync(file, 'utf8').slice(-2_000)

/** The address that a process prints when it listens. */
export function listening(child: ChildProcess): Promise<string> {
  const { promise, resolve: found, reject } = Promise.withResolvers<string>()
  child.once('error', reject)
  child.once('exit', (code) => reject(new Error(`the server ended with ${code} before it listened`)))
  createInterface({ input: child.stdout! }).on('line', (line) => {
    const url = /listening on (http:\S+)/.exec(line)?.[1]
    if (url) found(url)
  })
  return promise
}

/** SIGTERM; SIGKILL to one that does not go within 20 seconds. */
export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  child.kill('SIGTERM')
  await within(20_000, 'the end of the server', gone).catch(() => child.kill('SIGKILL'))
  await within(5_000, 'the end of the killed server', gone)
}
