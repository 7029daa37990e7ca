import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

/** The root of this checkout. */
export const root = fileURLToPath(new URL('../..', import.meta.url))

/** A child process that has said that it is ready. */
export interface Child extends AsyncDisposable {
  /** What the pattern found in the line that said so. */
  ready: RegExpExecArray
  readonly pid: number
  /** Sends a signal; resolves when the process has ended, with its exit code or the signal that ended it. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | string | null>
  /** The end of what it has written to stderr. */
  errors(): string
}

/** What a finished child process has left. */
export interface Finished {
  code: number | null
  stdout: string
  stderr: string
}

/** Starts a process and waits for the line on stdout that fits. */
export async function startChild(
  command: string,
  args: string[],
  line: RegExp,
  wait = 15_000
): Promise<Child> {
  const child = launch(command, args)
  const stderr = collect(child.stderr!)
  const dispose = () => stop(child)
  try {
    const ready = await Promise.race([firstLine(child, line), gone(child), tooLate(wait)])
    const end = (signal: NodeJS.Signals) => endOf(child, signal)
    return {
      ready,
      pid: child.pid!,
      end,
      errors: () => stderr().slice(-2000),
      [Symbol.asyncDispose]: dispose
    }
  } catch (error) {
    await dispose()
    throw new Error(`"${[command, ...args].join(' ')}" did not start: ${stderr().slice(-2000)}`, {
      cause: error
    })
  }
}

/** Runs a process to its end. */
export async function runChild(command: string, args: string[]): Promise<Finished> {
  const child = launch(command, args)
  const [stdout, stderr] = [collect(child.stdout!), collect(child.stderr!)]
  const [code] = await once(child, 'close')
  return { code, stdout: stdout(), stderr: stderr() }
}

function launch(command: string, args: string[]): ChildProcess {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(TROUPE|VITEST|NODE_OPTIONS)/.test(name))
  )
  return spawn(command, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] })
}

function collect(stream: NodeJS.ReadableStream): () => string {
  let text = ''
  stream.setEncoding('utf8')
  stream.on('data', (piece) => {
    text += piece
  })
  return () => text
}

function firstLine(child: ChildProcess, pattern: RegExp): Promise<RegExpExecArray> {
  return new Promise((resolve) => {
    createInterface(child.stdout!).on('line', (line) => {
      const found = pattern.exec(line)
      if (found) resolve(found)
    })
  })
}

async function gone(child: ChildProcess): Promise<never> {
  const [code, signal] = await once(child, 'exit')
  throw new Error(`It ended with ${signal ?? code}.`)
}

async function endOf(child: ChildProcess, signal: NodeJS.Signals): Promise<number | string | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.signalCode ?? child.exitCode
  const ended = once(child, 'exit')
  child.kill(signal)
  await ended
  return child.signalCode ?? child.exitCode
}

async function tooLate(wait: number): Promise<never> {
  await sleep(wait, undefined, { ref: false })
  throw new Error(`It was not ready after ${wait} ms.`)
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  const kill = setTimeout(() => child.kill('SIGKILL'), 12_000)
  await ended
  clearTimeout(kill)
}
