import { endGroup, spawnGroup } from '../../shared/process-group.ts'

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
const shell = (limits: Limits) => [
  'ulimit -c 0',
  `ulimit -t ${Math.ceil(limits.time / 1000) + 1} 2>/dev/null`,
  `ulimit -v ${Math.ceil(limits.memory / 1024)} 2>/dev/null`,
  `ulimit -f ${Math.ceil(limits.file / 512)} 2>/dev/null`
]

/** Runs a program in a folder, without this process's environment. Rejects when the signal is aborted. */
export function runLimited(
  command: readonly string[],
  folder: string,
  limits: Limits,
  signal: AbortSignal
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason)
    const child = spawnGroup(command, {
      folder,
      // No other variables, for they hold the operator's keys.
      env: { PATH: process.env.PATH, HOME: folder, TMPDIR: folder, LANG: 'C.UTF-8' },
      stdin: 'ignore',
      stderr: 'pipe',
      before: shell(limits)
    })
    const output = {
      stdout: gather(child.stdout!, limits.output),
      stderr: gather(child.stderr!, limits.output)
    }
    let late = false
    const end = () => endGroup(child.pid)
    const timer = setTimeout(() => {
      late = true
      end()
    }, limits.time)
    signal.addEventListener('abort', end, { once: true })
    child.on('exit', () => clearTimeout(timer))
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
