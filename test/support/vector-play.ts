import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Finished } from './child.ts'
import { ComponentPattern, LinePattern, resultMessages } from './lines.ts'
import { explain, type Fields, isFields, show, type Verdict } from './matcher.ts'

/** One call of `troupe run` in a recording. */
export interface VectorStep {
  task?: string | null
  task_json?: unknown
  inputs?: string[]
  load_state?: 'previous' | Fields
  expect?: { lines: unknown[]; stop_reason?: unknown; error?: { contains: string[] } }
  state_after?: Fields
}

/** A recording of a team. */
export interface Vector {
  name: string
  description: string
  needs?: string[]
  team: Fields
  steps: VectorStep[]
  dump?: 'same'
}

/** Runs `troupe run` or `troupe validate` with what follows it on the command line. */
export type Command = (args: string[]) => Promise<Finished>

/** Plays the steps of a recording in a folder of its own, each with what the one before has saved. */
export async function playVector(vector: Vector, folder: string, run: Command): Promise<void> {
  const pattern = new LinePattern()
  await writeFile(join(folder, 'team.json'), JSON.stringify(vector.team))
  for (const [index, step] of vector.steps.entries()) {
    const finished = await run(await argumentsOf(vector.steps, folder, index))
    try {
      checkOutput(step, finished, pattern)
      if (step.state_after) demand(pattern.state(step.state_after, await readJson(stateFile(folder, index))))
    } catch (error) {
      const report = `steps[${index}]: ${(error as Error).message}\n  closing line: ${show(output(finished.stdout).at(-1))}`
      throw new Error(`${report}\n  stderr: ${finished.stderr.slice(-2000)}`, { cause: error })
    }
  }
}

/** Checks that the team as loaded gives everything back. */
export async function checkDump(vector: Vector, folder: string, validate: Command): Promise<void> {
  const file = join(folder, 'team.json')
  await writeFile(file, JSON.stringify(vector.team))
  const { code, stdout, stderr } = await validate([file, '--dump'])
  const mayFail = vector.steps.some(({ expect }) => expect?.error)
  if (code !== 0 && !mayFail) throw new Error(`The team does not load: exit code ${code}, ${stdout}${stderr}`)
  const dumped = output(stdout.replaceAll('\n', ''))[0]
  if (!dumped) throw new Error(`Nothing was dumped: exit code ${code}, ${stderr}`)
  demand(new ComponentPattern().match(vector.team, dumped, 'team'))
}

const stateFile = (folder: string, index: number): string => join(folder, `state-${index}.json`)

async function argumentsOf(steps: VectorStep[], folder: string, index: number): Promise<string[]> {
  const step = steps[index]!
  const file = async (name: string, content: unknown): Promise<string> => {
    const path = join(folder, `${name}-${index}.json`)
    await writeFile(path, JSON.stringify(content))
    return path
  }
  const { load_state: loaded } = step
  const saves = step.state_after !== undefined || steps[index + 1]?.load_state === 'previous'
  return [
    join(folder, 'team.json'),
    ...(typeof step.task === 'string' ? ['--task', step.task] : []),
    ...(step.task_json === undefined ? [] : ['--task-json', await file('task', step.task_json)]),
    ...(step.inputs ?? []).flatMap((input) => ['--input', input]),
    ...(loaded === 'previous' ? ['--state-in', stateFile(folder, index - 1)] : []),
    ...(isFields(loaded) ? ['--state-in', await file('loaded', loaded)] : []),
    ...(saves ? ['--state-out', stateFile(folder, index)] : []),
    '--jsonl'
  ]
}

function checkOutput({ expect }: VectorStep, { code, stdout }: Finished, pattern: LinePattern): void {
  const lines = output(stdout)
  const closing = lines.pop()
  const failed = expect ? expect.error !== undefined : closing?.type === 'Error'
  if (closing?.type !== (failed ? 'Error' : 'TaskResult')) throw new Error(`It ended with ${show(closing)}`)
  if (code !== (failed ? 1 : 0)) throw new Error(`The exit code is ${code}.`)
  if (expect) demand(pattern.lines(expect.lines, lines))
  if (failed) checkError(closing, expect?.error?.contains ?? [])
  else {
    demand(resultMessages(lines, closing.messages))
    if (expect) demand(pattern.match(expect.stop_reason, closing.stop_reason, 'stop_reason'))
  }
}

function checkError(closing: Fields, pieces: string[]): void {
  const message = isFields(closing.error) ? closing.error.message : undefined
  if (typeof message !== 'string' || message === '') throw new Error('The error has no message.')
  const missing = pieces.find((piece) => !message.includes(piece))
  if (missing !== undefined) throw new Error(`The error does not contain "${missing}": ${message}`)
}

function output(stdout: string): Fields[] {
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      try {
        return JSON.parse(line)
      } catch {
        throw new Error(`A line on stdout is not JSON: ${line}`)
      }
    })
}

const readJson = async (path: string): Promise<unknown> => JSON.parse(await readFile(path, 'utf8'))

function demand(verdict: Verdict): void {
  if (verdict) throw new Error(explain(verdict))
}
