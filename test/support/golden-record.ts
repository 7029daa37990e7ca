import { writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { Runtime } from '../../src/runtime/host/runtime.ts'
import type { LiveRun } from '../../src/runtime/run/live-run.ts'
import { readTask } from '../../src/runtime/shared/task.ts'
import { openStore } from '../../src/runtime/store/open-store.ts'
import { goldenFolder, goldenOf } from './golden.ts'
import { type Scene, scenes } from './golden-scenes.ts'
import { startHttpTools } from './http-tools.ts'

// Records runs as this revision stores them: `node test/support/golden-record.ts`. Only for a new revision: what was
// recorded before stays, and each later program must be able to read it.

const tools = await startHttpTools()
const store = await openStore({ database: 'sqlite::memory:' })
const session = await store.sessions.insert({ user_id: 'me', name: '', team_id: null })

for (const [name, scene] of Object.entries(scenes)) {
  const runtime = new Runtime({ store })
  const row = await store.runs.create({ session_id: session.id, user_id: 'me' })
  const live = runtime.start(row, { task: readTask('Go.', runtime.clock), team_config: scene.team })
  await playScene(live, scene)
  const golden = await goldenOf(store, row.id, name)
  writeFileSync(`${goldenFolder}/${name}.json`, `${JSON.stringify(golden, null, 1)}\n`)
  if (golden.run.status !== scene.ends) throw new Error(`${name} came out as "${golden.run.status}"`)
  await runtime.close()
}
await store.close()
await tools[Symbol.asyncDispose]()

async function playScene(live: LiveRun, { ends, answers = [], command }: Scene): Promise<void> {
  const left = [...answers]
  let told = false
  while (live.status !== ends) {
    await sleep(2)
    if (live.pendingInput.length > 0 && left.length > 0) live.answerInput(left.shift()!)
    if (!command || told || live.seq < command.at) continue
    told = true
    command.give(live)
  }
  await live.flushed()
}
