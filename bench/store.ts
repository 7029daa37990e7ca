/** `node bench/store.ts`: what the store alone costs. A JSON line per case. */
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setImmediate, setTimeout } from 'node:timers/promises'
import { openStore } from '../src/runtime/store/open-store.ts'
import type { RunChange, Store } from '../src/runtime/store/store.ts'

type Commit = Store['runs']['commit']
type Figures = Record<string, number>

const runs = 200
const text = 'x'.repeat(400)
const snapshot = 'x'.repeat(700)

for (const batch of [1, 100, 250, 1000])
  await measured(`commit ${batch}`, (store) => commits(store, batch, false))
for (const batch of [100, 250])
  await measured(`commit ${batch}, a state per frame`, (store) => commits(store, batch, true))
await measured('20,000 rows/s, every 5 ms', (store) => paced(store, 20_000, 10))

/** Runs a case in a new file and prints its figures with those that all have. */
async function measured(name: string, work: (store: Store) => Promise<Figures>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'troupe-bench-'))
  const file = join(folder, 'store.db')
  const store = await openStore({ database: `sqlite:${file}` })
  const session = await store.sessions.insert({ name: 'bench', team_id: null, user_id: null })
  for (let i = 0; i < runs; i++) await store.runs.create({ session_id: session.id, user_id: null })
  const figures = await work(store)
  console.log(JSON.stringify({ name, ...figures, walMb: round(statSync(`${file}-wal`).size / 1e6) }))
  await store.close()
  rmSync(folder, { recursive: true })
}

/** Commits as fast as it goes, after a warm-up. The loop turns after each commit, as it does in a server. */
async function commits(store: Store, batch: number, states: boolean): Promise<Figures> {
  const next = changes(batch, states)
  const rows = batch === 1 ? 20_000 : 200_000
  for (let n = 0; n < 20_000; n += batch) await store.runs.commit(next())
  return watched(store, rows, async (commit) => {
    for (let n = 0; n < rows; n += batch) {
      await commit(next())
      await setImmediate()
    }
  })
}

/** Commits so many rows a second in groups of 5 ms. */
function paced(store: Store, rate: number, seconds: number): Promise<Figures> {
  return watched(store, rate * seconds, async (commit) => {
    const seqs = new Uint32Array(runs)
    const start = performance.now()
    for (let rows = 0; rows < rate * seconds; await setTimeout(5)) {
      const due = Math.floor(((performance.now() - start) / 1000) * rate) - rows
      await commit(changesOf(seqs, rows, due, false))
      rows += due
    }
  })
}

/** Tells what some commits cost and how long the loop stood still meanwhile. */
async function watched(
  store: Store,
  rows: number,
  work: (commit: Commit) => Promise<unknown>
): Promise<Figures> {
  let longest = 0
  const loop = monitorEventLoopDelay({ resolution: 1 })
  const [cpu, start] = [cpuSeconds(), performance.now()]
  loop.enable()
  await work(async (changes) => {
    const before = performance.now()
    await store.runs.commit(changes)
    longest = Math.max(longest, performance.now() - before)
  })
  loop.disable()
  return {
    rowsPerCpuSecond: round(rows / (cpuSeconds() - cpu)),
    rowsPerSecond: round((rows / (performance.now() - start)) * 1000),
    stallP99Ms: round(loop.percentile(99) / 1e6),
    stallMs: round(loop.max / 1e6),
    longestCommitMs: round(longest)
  }
}

/** Gives one batch after the other, spread over all runs. */
function changes(batch: number, states: boolean): () => RunChange[] {
  const seqs = new Uint32Array(runs)
  let rows = 0
  return () => {
    rows += batch
    return changesOf(seqs, rows - batch, batch, states)
  }
}

function changesOf(seqs: Uint32Array, from: number, count: number, states: boolean): RunChange[] {
  return Array.from({ length: count }, (_, i) => {
    const at = (from + i) % runs
    const seq = ++seqs[at]!
    const state = { revision: 1, seq, journal: 0, snapshot, wake_at: null }
    return { run: at + 1, frames: [{ seq, type: 'message', text }], journal: [], ...(states && { state }) }
  })
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}

function round(value: number): number {
  return value < 100 ? Number(value.toFixed(1)) : Math.round(value)
}
