import { expect, onTestFinished, test } from 'vitest'
import { databaseIn } from '../support/database.ts'
import { query } from '../support/database-contents.ts'
import { readInspection } from '../support/event-stream.ts'
import { RunClient } from '../support/run-client.ts'
import { newRun, serveHere, temporary } from '../support/run-server.ts'
import { talkers } from '../support/some-teams.ts'

const damages = {
  'another agent has answered':
    "update journal set body = replace(body, 'talker', 'stranger') where run_id = ?",
  'a newer version has stored it': 'update run_state set revision = 1000 where run_id = ?'
}

test.each(Object.entries(damages))(
  'the inspection stream says that it is stuck where the charts cannot do what the run did: %s [INSPECT-9]',
  async (_, sql) => {
    const { folder, remove } = await temporary()
    const database = await databaseIn(folder)
    const server = await serveHere({ database })
    onTestFinished(async () => {
      await server.close()
      await remove()
    })
    const run = await newRun(server.url)
    const client = await RunClient.connect(server.url, run)
    client.start(talkers(3))
    await client.end()
    await query(database, sql, run)
    expect((await readInspection(server.url, run)).end).toBe('stuck')
  }
)
