import { describe, expect, test } from 'vitest'
import { type CommitSource, GroupCommitter } from '../../src/runtime/run/group-committer.ts'
import { UnknownRow } from '../../src/runtime/store/commit-errors.ts'
import type { RunChange } from '../../src/runtime/store/store.ts'

const patience = { timeout: 5_000, interval: 5 }
const changeOf = (run: number): RunChange => ({ run, frames: [], journal: [] })

/** Somebody with something to store; may be unable to say what. */
class Sayer implements CommitSource {
  readonly run: number
  readonly #fails: boolean
  readonly #size: number
  came: 'stored' | 'lost' | null = null

  constructor(run: number, fails = false, size = 100) {
    this.run = run
    this.#fails = fails
    this.#size = size
  }
  drain() {
    if (this.#fails) throw new TypeError('Do not know how to serialize a BigInt')
    return { change: changeOf(this.run), size: this.#size, onCommitted: () => this.#stored() }
  }
  #stored(): void {
    this.came = 'stored'
  }
  fail(): void {
    this.came = 'lost'
  }
}

/** A log that refuses changes of some runs each time, and of any run so many times at first. */
function logThat(refuses: readonly number[], busy = 0) {
  const commits: number[][] = []
  let left = busy
  return {
    commits,
    async commit(changes: readonly RunChange[]) {
      commits.push(changes.map(({ run }) => run))
      if (left-- > 0) throw new Error('database is locked')
      const bad = changes.find(({ run }) => refuses.includes(run))
      if (bad) throw new UnknownRow(bad.run)
    }
  }
}

async function record(sayers: readonly Sayer[], log: ReturnType<typeof logThat>): Promise<GroupCommitter> {
  const recorder = new GroupCommitter(log)
  for (const sayer of sayers) recorder.schedule(sayer)
  await expect.poll(() => sayers.every(({ came }) => came !== null), patience).toBe(true)
  return recorder
}

describe('what several runs have to store', () => {
  test('what several runs have to store is one commit [LOG-1]', async () => {
    const log = logThat([])
    await record([new Sayer(1), new Sayer(2), new Sayer(3)], log)
    expect(log.commits).toEqual([[1, 2, 3]])
  })

  test('what several runs have to store is several commits where it is much [LOG-5]', async () => {
    const log = logThat([])
    const large = [1, 2, 3].map((run) => new Sayer(run, false, 2 ** 18))
    await record([...large, new Sayer(4), new Sayer(5)], log)
    expect(log.commits).toEqual([[1], [2], [3], [4, 5]])
  })

  test('what several runs have to store is stored one by one where one of them can never be, and only that one is lost [FAIL-6]', async () => {
    const log = logThat([2])
    const sayers = [new Sayer(1), new Sayer(2), new Sayer(3)]
    const recorder = await record(sayers, log)
    expect(log.commits).toEqual([[1, 2, 3], [1], [2], [3]])
    expect(sayers.map(({ came }) => came)).toEqual(['stored', 'lost', 'stored'])
    expect(recorder.failure).toBeNull()
  })

  test('a commit is tried again and again while the store fails [FAIL-1]', async () => {
    const log = logThat([], 3)
    const sayers = [new Sayer(1), new Sayer(2)]
    await record(sayers, log)
    expect(log.commits).toEqual(Array(4).fill([1, 2]))
    expect(sayers.map(({ came }) => came)).toEqual(['stored', 'stored'])
  })

  test('what several runs have to store is stored without a run that cannot say it', async () => {
    const log = logThat([])
    const sayers = [new Sayer(1), new Sayer(2, true), new Sayer(3)]
    await record(sayers, log)
    expect(log.commits).toEqual([[1, 3]])
    expect(sayers.map(({ came }) => came)).toEqual(['stored', 'lost', 'stored'])
  })
})

test('a store that goes on failing keeps no process from ending: what was not sent is lost [FAIL-3]', async () => {
  const log = logThat([], Number.POSITIVE_INFINITY)
  const recorder = new GroupCommitter(log)
  const sayers = [new Sayer(1), new Sayer(2)]
  for (const sayer of sayers) recorder.schedule(sayer)
  await recorder.close()
  expect(sayers.map(({ came }) => came)).toEqual(['lost', 'lost'])
  expect(log.commits.every((runs) => runs.length === 2)).toBe(true)
  recorder.schedule(new Sayer(3))
  await recorder.close()
  expect(log.commits.flat()).not.toContain(3)
})
