import { openStore } from '../../src/runtime/store/open-store.ts'

// Takes a database for itself, writes to it and keeps it until it is killed.
const [database] = process.argv.slice(2)
try {
  const store = await openStore({ database: database!, alone: true })
  const session = await store.sessions.insert({ name: 'kept', team_id: null, user_id: 'holder' })
  process.stdout.write(`has it: ${session.id}\n`)
  setInterval(() => {}, 60_000)
} catch (error) {
  process.stdout.write(`has it not: ${(error as Error).message}\n`)
}
