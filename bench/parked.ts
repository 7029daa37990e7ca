/** `node --expose-gc bench/parked.ts`: what the heap keeps of runs that wait for a person and were put away. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Runtime } from '../src/runtime/host/runtime.ts'
import { readTask } from '../src/runtime/shared/task.ts'
import { openStore } from '../src/runtime/store/open-store.ts'
import { asking } from './teams.ts'
import { pause } from './waiting.ts'

const runs = Number(process.argv[2] ?? 16_000)
const folder = mkdtempSync(join(tmpdir(), 'troupe-bench-'))
const store = await openStore({ database: `sqlite:${join(folder, 'troupe.db')}` })
const runtime = new Runtime({ store })
const { id: session_id } = await store.sessions.insert({ user_id: 'me', name: '', team_id: null })
await runtime.recover()

await park(runs)
const first = await heap()
await park(runs)
const second = await heap()
console.log(JSON.stringify({ name: 'parked', runs, first, second, bytes_per_run: (second - first) / runs }))
await runtime.close()
await store.close()
rmSync(folder, { recursive: true })

/** Begins so many runs, and waits until all of them are put away. */
async function park(count: number): Promise<void> {
  const ids: number[] = []
  for (let i = 0; i < count; i++) {
    const row = await store.runs.create({ session_id, user_id: 'me' })
    const live = runtime.start(row, { task: readTask('Go.', runtime.clock), team_config: { ...asking(1) } })
    if (i % 50 === 0) await live.started()
    ids.push(row.id)
  }
  while (ids.some((id) => runtime.loaded.get(id))) await pause(100)
}

/** Bytes of heap in use when all that can be collected is. */
async function heap(): Promise<number> {
  for (let i = 0; i < 5; i++) {
    gc!()
    await pause(50)
  }
  return process.memoryUsage().heapUsed
}
