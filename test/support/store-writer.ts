import { openStore } from '../../src/runtime/store/open-store.ts'
import { change } from './store-context.ts'

// Commits to ten runs without a pause, until it is killed. Says `<n>` after the nth commit.
const [database, perCommit] = process.argv.slice(2)
const store = await openStore({ database: database! })
const session = await store.sessions.insert({ name: 'writer', team_id: null, user_id: 'writer' })
const runs: number[] = []
for (let i = 0; i < 10; i++)
  runs.push((await store.runs.create({ session_id: session.id, user_id: null })).id)

for (let seq = 0, n = 1; ; seq += Number(perCommit), n++) {
  const frames = Array.from({ length: Number(perCommit) }, (_, i) => ({
    seq: seq + i + 1,
    type: 'message',
    text: 'x'.repeat(2000)
  }))
  const journal = [{ n, kind: 'command', body: '{}' }]
  const state = { revision: 1, seq: seq + frames.length, journal: n, snapshot: `${n}`, wake_at: null }
  await store.runs.commit(
    runs.map((run) => change(run, { frames, journal, state, row: { status: 'active', task: n } }))
  )
  process.stdout.write(`${n}\n`)
}
