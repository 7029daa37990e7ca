import { spawn } from 'node:child_process'

/** What a process may use. */
export interface Limits {
  /** Milliseconds of time, and of computing time. */
  time: number
  /** Bytes of memory. */
  memory: number
  /** Bytes of each file. */
  file: number
  /** Bytes of output; what comes after is not kept. */
  output: number
}

/** How a process ended. 124 is the exit code of one that took too long, as of `timeout`. */
export interface Ended {
  exitCode: number
  stdout: string
  stderr: string
}

// The shell sets the limits, which cannot be raised again, and makes way for the program. Not every system has all.
const shell = (limits: Limits) =>
  [
    'ulimit -c 0',
    `ulimit -t ${Math.ceil(limits.time / 1000) + 1} 2>/dev/null`,
    `ulimit -v ${Math.ceil(limits.memory / 1024)} 2>/dev/null`,
    `ulimit -f ${Math.ceil(limits.file / 512)} 2>/dev/null`,
    'exec "$@"'
  ].join('\n')

/** Milliseconds in which the last of the output has to come when a program has ended. */
const LEFTOVERS = 500

/** Runs a program in a folder, without this process's environment. Rejects when the signal is aborted. */
export function runLimited(
  command: readonly string[],
  folder: string,
  limits: Limits,
  signal: AbortSignal
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason)
    // A group of its own, so that what it starts ends with it; and no variables, for they hold the operator's keys.
    const child = spawn('/bin/sh', ['-c', shell(limits), 'sh', ...command], {
      cwd: folder,
      detached: true,
      env: { PATH: process.env.PATH, HOME: folder, TMPDIR: folder, LANG: 'C.UTF-8' },
      stdio: ['ignore', 'pipe', 'pipe']
    })
    const output = {
      stdout: gather(child.stdout, limits.output),
      stderr: gather(child.stderr, limits.output)
    }
    let late = false
    const end = () => endGroup(child.pid)
    const timer = setTimeout(() => {
      late = true
      end()
    }, limits.time)
    signal.addEventListener('abort', end, { once: true })
    child.on('exit', () => {
      // What the program has started ends with it. Whoever got away from the group may hold the pipes: not for long.
      end()
      clearTimeout(timer)
      setTimeout(() => [child.stdout, child.stderr].map((stream) => stream.destroy()), LEFTOVERS).unref()
    })
    child.on('error', reject)
    child.on('close', (code, killer) => {
      signal.removeEventListener('abort', end)
      if (signal.aborted) return reject(signal.reason)
      const stdout = output.stdout()
      const stderr = output.stderr()
      if (late) return resolve({ exitCode: 124, stdout, stderr: `${stderr}\nTimeout` })
      resolve({ exitCode: code ?? 137, stdout, stderr: killer ? `${stderr}\nEnded by ${killer}` : stderr })
    })
  })
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // Nobody of the group is left.
  }
}

function gather(stream: NodeJS.ReadableStream, most: number): () => string {
  const pieces: Buffer[] = []
  let length = 0
  stream.on('data', (piece: Buffer) => {
    if (length < most) pieces.push(piece.subarray(0, most - length))
    length += piece.length
  })
  const more = () => (length > most ? `\n… ${length - most} more bytes` : '')
  return () => Buffer.concat(pieces).toString('utf8') + more()
}
