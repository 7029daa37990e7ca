import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { now, within } from './waiting.ts'

/** A server to be measured. */
export interface Server {
  url: string
  pids: number[]
  /** Milliseconds from its start to its listening; 0 when it ran already. */
  startup: number
  /** The end of its log if it has died, else nothing. */
  lastWords(): string
  stop(): Promise<void>
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
export async function startProduct(bin = 'bin/troupe', flags: string[] = []): Promise<Server> {
  const directory = mkdtempSync(join(tmpdir(), 'troupe-bench-'))
  const log = join(directory, 'stderr.log')
  const begun = now()
  const args = ['serve', '--port', '0', '--data-dir', join(directory, 'data'), ...flags]
  const stderr = openSync(log, 'a')
  const child = spawn(resolve(root, bin), args, { cwd: root, stdio: ['ignore', 'pipe', stderr] })
  closeSync(stderr)
  running.set(child, directory)
  child.once('exit', () => running.delete(child))
  const clean = () => rmSync(directory, { recursive: true, force: true })
  try {
    const url = await within(60_000, `${bin} serve`, listening(child))
    const startup = now() - begun
    const lastWords = () => (running.has(child) ? '' : tail(log))
    return { url, pids: [child.pid!], startup, lastWords, stop: () => end(child).finally(clean) }
  } catch (error) {
    const said = tail(log)
    await end(child).finally(clean)
    throw new Error(`${(error as Error).message}\n${said}`)
  }
}

const tail = (file: string): string => readFileSync(file, 'utf8').slice(-2_000)

function listening(child: ChildProcess): Promise<string> {
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
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  child.kill('SIGTERM')
  await within(20_000, 'the end of the server', gone).catch(() => child.kill('SIGKILL'))
  await within(5_000, 'the end of the killed server', gone)
}
