import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { runCommand } from '../../src/cli/run.ts'
import { validateCommand } from '../../src/cli/validate.ts'
import { type Finished, root, runChild } from '../support/child.ts'
import { chooser, recordings } from '../support/fixtures.ts'
import { startHttpTools } from '../support/http-tools.ts'
import { type Command, checkDump, playVector, type Vector } from '../support/vector-play.ts'

// The groups that are played; the others are skipped. TROUPE_VECTORS=rr,cond-max plays those instead.
const ready = ['rr', 'cond', 'stream', 'user', 'err']

// Of these groups, what waits for parts that are not there yet.
const putOff = [
  'cond-external-unset',
  'cond-function-call',
  'cond-handoff',
  'cond-mention-in-tool-args',
  'cond-source-match',
  'cond-stop-message-in-list',
  'cond-stop-message-none',
  'cond-text-message',
  'cond-text-message-source',
  'cond-timeout-long',
  'cond-timeout-zero',
  'cond-tokens-completion',
  'cond-tokens-prompt',
  'cond-tokens-tool-events',
  'cond-tokens-total',
  'err-exhausted-in-loop',
  'err-handoff-bad-name',
  'err-handoff-tool-clash',
  'err-max-turns-0',
  'err-summary-format-bad-field',
  'rr-task-handoff',
  'rr-task-stop-message',
  'user-events-counted'
]

// Becomes true with `--state-in` and `--state-out`; until then saved states and the steps that load one are left out.
const withStates = true

// These are played by a real process too.
const spawned = ['rr-second-run-continues', 'user-basic', 'err-exhausted']

const vectors = recordings<Vector>('agentchat').map((vector) => (withStates ? vector : stateless(vector)))
const chosen = chooser('TROUPE_VECTORS', ready, putOff)
const played = (vector: Vector): boolean => chosen(vector.name) && vector.steps.length > 0

describe('the teams of the recordings do in this process what they did in AutoGen', () => {
  let tools: AsyncDisposable | undefined
  beforeAll(async () => {
    if (vectors.some(({ name, needs }) => needs && chosen(name))) tools = await startHttpTools()
  })
  afterAll(() => tools?.[Symbol.asyncDispose]())

  for (const vector of vectors) {
    const promise = played(vector) ? test : test.skip
    promise(`${vector.name}: ${vector.description}`, () =>
      inFolder((folder) => playVector(vector, folder, inProcess(runCommand)))
    )
  }
})

describe('a team as loaded gives its file back', () => {
  for (const vector of vectors.filter(({ dump }) => dump === 'same')) {
    const promise = played(vector) ? test : test.skip
    promise(vector.name, () => inFolder((folder) => checkDump(vector, folder, inProcess(validateCommand))))
  }
})

describe('`troupe run` as a process does the same', () => {
  for (const vector of vectors.filter(({ name }) => spawned.includes(name))) {
    const promise = played(vector) ? test : test.skip
    promise(vector.name, () =>
      inFolder((folder) =>
        playVector(vector, folder, (args) => runChild(join(root, 'bin/troupe'), ['run', ...args]))
      )
    )
  }
})

/** A command of the command line as one that collects what it puts out. */
const inProcess =
  (command: typeof runCommand): Command =>
  async (args): Promise<Finished> => {
    const out: string[] = []
    const err: string[] = []
    const io = {
      stdout: (line: string) => void out.push(line),
      stderr: (text: string) => void err.push(text),
      isTerminal: false
    }
    const code = await command(args, io)
    return { code, stdout: out.join('\n'), stderr: err.join('') }
  }

function stateless(vector: Vector): Vector {
  const loads = vector.steps.findIndex((step) => step.load_state)
  const steps = vector.steps.slice(0, loads < 0 ? undefined : loads)
  return { ...vector, steps: steps.map(({ state_after: _, ...step }) => step) }
}

async function inFolder(act: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'troupe-vector-'))
  try {
    await act(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
