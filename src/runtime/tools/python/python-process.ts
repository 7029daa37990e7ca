import { type ChildProcess, execFile } from 'node:child_process'
import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { z } from 'zod'
import { apart, type Isolation } from '../../shared/isolation.ts'
import { endGroup, spawnGroup } from '../../shared/process-group.ts'

/** How Python functions of configs are run: the operator's choice. */
export interface PythonSettings extends Isolation {
  /** The interpreter: `python3`, or a path such as that in a virtual environment. */
  program: string
  /** Variables of this process's environment that the functions see. */
  variables?: readonly string[]
}

/** Characters of a result. */
const LONGEST = 32 * 2 ** 20
/** Bytes of an answer: each character takes six at most, as JSON. */
const LONGEST_ANSWER = LONGEST * 6 + 1024
/** Kilobytes of memory. */
const MEMORY = 4 * 2 ** 20
/** Blocks of 512 bytes of a file that is written. */
const FILE = 2 ** 19
/** Characters that are kept of what Python says of its own failure. */
const LAST_WORDS = 2000

const Answer = z.object({
  ok: z.boolean(),
  error: z.string().optional(),
  text: z.string().optional(),
  schema: z.record(z.string(), z.unknown()).optional()
})
type Answer = z.infer<typeof Answer>

const host = fileURLToPath(new URL('./host/host.py', import.meta.url))

/** One Python interpreter with one function in it; it does one thing at a time. */
export class PythonProcess {
  readonly #child: ChildProcess
  readonly #folder: string
  #waiting: { resolve(answer: Answer): void; reject(error: Error): void } | null = null
  #pieces: Buffer[] = []
  #length = 0
  #lastWords = ''
  /** Why it can be asked nothing any more. */
  #over: Error | null = null
  readonly #gone: Promise<void>

  private constructor(child: ChildProcess, folder: string) {
    this.#child = child
    this.#folder = folder
    child.stdout?.on('data', (piece: Buffer) => this.#read(piece))
    child.stderr?.on('data', (piece: Buffer) => {
      this.#lastWords = (this.#lastWords + piece.toString('utf8')).slice(-LAST_WORDS)
    })
    child.stdin?.on('error', () => {})
    this.#gone = new Promise((resolve) => {
      const gone = (why: string) => {
        this.#end(new Error(why))
        void rm(folder, { recursive: true, force: true }).finally(resolve)
      }
      child.once('error', (error) => gone(`Python cannot be started: ${error.message}`))
      child.once('close', (code, signal) => gone(this.#whyGone(code, signal)))
    })
  }

  /** Starts an interpreter in a folder of its own, without this process's environment. */
  static async start({ program, variables = [], ...isolation }: PythonSettings): Promise<PythonProcess> {
    const interpreter = await interpreterOf(program)
    const folder = await mkdtemp(join(await realpath(tmpdir()), 'troupe-python-'))
    const command = [interpreter, '-I', '-B', host, String(LONGEST)]
    const passed = variables.map((name) => [name, process.env[name]] as const)
    const child = spawnGroup(apart(command, folder, isolation), {
      folder,
      env: {
        ...{ PATH: process.env.PATH, HOME: folder, TMPDIR: folder, LANG: 'C.UTF-8' },
        ...Object.fromEntries(passed)
      },
      stdin: 'pipe',
      stderr: 'pipe',
      before: ['ulimit -c 0', `ulimit -v ${MEMORY} 2>/dev/null`, `ulimit -f ${FILE} 2>/dev/null`]
    })
    return new PythonProcess(child, folder)
  }

  /** Whether it can be asked. */
  get alive(): boolean {
    return this.#over === null
  }

  /** The folder in which the function works. */
  get folder(): string {
    return this.#folder
  }

  /** Asks one thing. Rejects with what the function raised, or why the process ended; an abort ends the process. */
  async ask(message: Record<string, unknown>, signal: AbortSignal): Promise<Answer> {
    if (this.#over) throw this.#over
    signal.throwIfAborted()
    const abort = () =>
      void this.close(signal.reason instanceof Error ? signal.reason : new Error('Cancelled.'))
    signal.addEventListener('abort', abort, { once: true })
    try {
      const answer = await new Promise<Answer>((resolve, reject) => {
        this.#waiting = { resolve, reject }
        this.#child.stdin?.write(`${JSON.stringify(message)}\n`)
      })
      if (!answer.ok) throw new Error(answer.error)
      return answer
    } finally {
      this.#waiting = null
      signal.removeEventListener('abort', abort)
    }
  }

  /** Ends the process and all that it started; comes back when nothing of it is left. */
  close(why: Error = new Error('The Python process was closed.')): Promise<void> {
    this.#end(why)
    endGroup(this.#child.pid)
    return this.#gone
  }

  #end(why: Error): void {
    this.#over ??= why
    this.#pieces = []
    this.#waiting?.reject(this.#over)
  }

  #read(piece: Buffer): void {
    if (this.#over) return
    this.#length += piece.length
    if (this.#length > LONGEST_ANSWER) {
      void this.close(new Error(`The result is longer than ${LONGEST} characters.`))
      return
    }
    this.#pieces.push(piece)
    if (piece.at(-1) !== 0x0a) return
    const line = Buffer.concat(this.#pieces).toString('utf8')
    this.#pieces = []
    this.#length = 0
    try {
      this.#waiting?.resolve(Answer.parse(JSON.parse(line)))
    } catch {
      void this.close(new Error('The Python process has given an answer that is none.'))
    }
  }

  #whyGone(code: number | null, signal: string | null): string {
    const words = this.#lastWords.trim().split('\n').at(-1)
    const how = signal ? `by ${signal}` : `with the exit code ${code}`
    return `The Python process has ended ${how}${words ? `: ${words}` : '.'}`
  }
}

const interpreters = new Map<string, Promise<string>>()

/** The interpreter itself: what the operator names may be a script that looks for one, each time. */
function interpreterOf(program: string): Promise<string> {
  const found = interpreters.get(program) ?? ask(program)
  interpreters.set(program, found)
  found.catch(() => interpreters.delete(program))
  return found
}

const question = 'import sys; print(sys.version_info >= (3, 10), sys.version.split()[0], sys.executable)'

async function ask(program: string): Promise<string> {
  const { stdout } = await promisify(execFile)(program, ['-I', '-c', question], { timeout: 20_000 }).catch(
    (error: NodeJS.ErrnoException) => {
      const why = error.code === 'ENOENT' ? 'there is no such program' : error.message.split('\n')[0]
      throw new Error(`Python cannot be started as "${program}": ${why}. Name one with --python.`)
    }
  )
  const [, fits, version, path] = /^(True|False) (\S+) (.+)$/.exec(stdout.trim()) ?? []
  if (fits === 'True' && path) return path
  throw new Error(`Python 3.10 or newer is needed, and "${program}" is ${version ?? 'no Python'} (--python).`)
}
