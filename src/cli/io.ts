import { createInterface } from 'node:readline/promises'
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'

/** Where a command writes and whom it asks; tests bring their own. */
export interface Io {
  /** Writes one line. */
  stdout(line: string): void
  /** Writes text as it is. */
  stderr(text: string): void
  /** Where log lines go, if not to the stderr of this process. */
  log?: { write(text: string): void }
  /** Writes text as it is, without a line's end. */
  write?(text: string): void
  /** Whether there is a terminal with a person to ask. */
  isTerminal: boolean
  /** Asks that person. */
  question?(prompt: string, signal: AbortSignal): Promise<string>
}

export const processIo: Io = {
  stdout: (line) => void process.stdout.write(`${line}\n`),
  stderr: (text) => void process.stderr.write(text),
  write: (text) => void process.stdout.write(text),
  isTerminal: Boolean(process.stdin.isTTY),
  async question(prompt, signal) {
    const lines = createInterface({ input: process.stdin, output: process.stderr })
    try {
      return await lines.question(prompt, { signal })
    } finally {
      lines.close()
    }
  }
}

/** A command that reports to `io` instead of ending the process. */
export const command = (name: string, summary: string, io: Io): Command =>
  new Command(name)
    .description(summary)
    .exitOverride()
    .configureOutput({ writeOut: (text) => io.stdout(text.trimEnd()), writeErr: io.stderr })

/** Reads the arguments; gives the exit code where there is nothing left to do. */
export function parse(program: Command, args: string[]): number | undefined {
  try {
    program.parse(args, { from: 'user' })
    return undefined
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode
    throw error
  }
}

/** Collects the values of an option that may be given several times. */
export const collect = (value: string, before: string[] = []): string[] => [...before, value]

/** The same of an option of which a variable may hold several values, with commas or spaces between them. */
export const collectEach = (value: string, before: string[] = []): string[] => [
  ...before,
  ...value.split(/[\s,]+/).filter(Boolean)
]

/** A flag that is an environment variable too: `--data-dir` is `TROUPE_DATA_DIR`. */
export const flag = (flags: string, text: string): Option => {
  const name = /--([a-z-]+)/.exec(flags)![1]!
  return new Option(flags, text).env(`TROUPE_${name.toUpperCase().replaceAll('-', '_')}`)
}

/** Reads a whole number within bounds. */
export const whole =
  (least: number, most = Number.MAX_SAFE_INTEGER) =>
  (text: string): number => {
    const value = Number(text)
    if (text.trim() !== '' && Number.isInteger(value) && value >= least && value <= most) return value
    const upTo = most === Number.MAX_SAFE_INTEGER ? 'on' : `to ${most}`
    throw new InvalidArgumentError(`It is no whole number from ${least} ${upTo}.`)
  }

/** A flag that is on or off; a variable may say either. */
export const yesFlag = (name: string, text: string): Option => flag(`${name} [yes|no]`, text).argParser(isYes)

/** What a variable says of something that is on or off. */
export const isYes = (text: string): boolean => !['', '0', 'false', 'no', 'off'].includes(text.toLowerCase())
