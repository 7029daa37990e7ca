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

// These are played by a real process too.
const spawned = ['rr-second-run-continues', 'user-basic', 'err-exhausted']

const vectors = recordings<Vector>('agentchat')
// TROUPE_VECTORS=rr,cond-max plays those only.
const chosen = chooser('TROUPE_VECTORS')
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

async function inFolder(act: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'troupe-vector-'))
  try {
    await act(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
