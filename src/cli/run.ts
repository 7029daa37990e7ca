import { writeFileSync } from 'node:fs'
import { styleText } from 'node:util'
import { failureOf } from '../machines/shared/outcome.ts'
import { TroupeError } from '../protocol/errors.ts'
import type { Task } from '../runtime/shared/task.ts'
import type { RunOptions } from '../runtime/team/run-options.ts'
import { RunError } from '../runtime/team/stream-run.ts'
import type { RunStream, Team } from '../runtime/team/team.ts'
import { readComponent, readJson } from './files.ts'
import { collect, command, type Io, parse } from './io.ts'
import { type PermissionFlags, permissionFlags, registryFor } from './permission-flags.ts'
import { jsonLines, type Printer, transcript } from './printer.ts'

interface Options extends PermissionFlags {
  task?: string
  taskJson?: string
  input?: string[]
  stateIn?: string
  stateOut?: string
  jsonl?: boolean
}

/** `troupe run TEAM.json`: runs a team in this process. */
export async function runCommand(args: string[], io: Io): Promise<number> {
  const program = command('troupe run', 'Runs a team in this process.', io)
    .argument('<team>', 'the team, a component in JSON or YAML')
    .option('--task <text>', 'what the team is to do')
    .option('--task-json <file>', 'the same as one message, or a list of messages, in JSON')
    .option('--input <text>', 'an answer for a user proxy; repeatable, in order', collect)
    .option('--state-in <file>', 'the state to go on from')
    .option('--state-out <file>', 'where the state is written after the run')
    .option('--jsonl', 'one JSON line for each message and event')
  for (const option of permissionFlags('plain')) program.addOption(option)
  const done = parse(program, args)
  if (done !== undefined) return done
  const options = program.opts<Options>()
  const printer = options.jsonl ? jsonLines(io) : transcript(io)
  try {
    await run(program.args[0]!, options, printer, io)
    return 0
  } catch (error) {
    printer.error(describe(error))
    return 1
  }
}

async function run(file: string, options: Options, printer: Printer, io: Io): Promise<void> {
  const { registry, network } = await registryFor(options)
  const team = registry.load<Team>(await readComponent(file), 'team')
  const interrupt = new AbortController()
  const stop = () => interrupt.abort(new Error('Interrupted.'))
  process.once('SIGINT', stop)
  try {
    const task = options.taskJson === undefined ? options.task : (readJson(options.taskJson) as Task)
    const input = answers(options.input ?? [], printer, io)
    if (options.stateIn !== undefined) team.loadState(readJson(options.stateIn))
    const said = team.runStream(task, { input, network, signal: interrupt.signal })
    await print(said, printer)
    if (options.stateOut !== undefined) writeFileSync(options.stateOut, JSON.stringify(team.saveState()))
  } finally {
    process.removeListener('SIGINT', stop)
    await team.close()
  }
}

/** Answers from the command line first, then from the person at the terminal. */
function answers(given: string[], printer: Printer, io: Io): RunOptions['input'] {
  const left = [...given]
  return async ({ prompt, source }, signal) => {
    const next = left.shift()
    if (next !== undefined) return next
    if (!io.isTerminal || !io.question) throw new TroupeError('no_answer')
    printer.pause()
    return io.question(`${styleText('bold', source)}: ${prompt}`, signal)
  }
}

/** Prints what a run yields; what goes wrong inside of it is a `RunError`. */
async function print(said: RunStream<unknown>, printer: Printer): Promise<void> {
  try {
    for await (const item of said) printer.print(item)
  } catch (error) {
    if (error instanceof TroupeError) throw error
    const { message, type } = failureOf(error)
    throw new RunError(message, type)
  }
}

function describe(error: unknown): { code: string; type?: string; message: string } {
  if (error instanceof TroupeError) return { code: error.code, message: error.message }
  if (error instanceof RunError) return { code: 'run_failed', type: error.type, message: error.message }
  return { code: 'failed', message: error instanceof Error ? error.message : String(error) }
}
