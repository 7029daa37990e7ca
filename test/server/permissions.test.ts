import { expect, onTestFinished, test } from 'vitest'
import { serve } from '../../src/server/app.ts'
import { RunClient } from '../support/run-client.ts'
import { newRun } from '../support/run-server.ts'
import { roundRobin } from '../support/some-teams.ts'

const runner = roundRobin(
  [
    {
      provider: 'autogen_agentchat.agents.CodeExecutorAgent',
      config: {
        name: 'runner',
        code_executor: {
          provider: 'autogen_ext.code_executors.local.LocalCommandLineCodeExecutor',
          config: {}
        }
      }
    }
  ],
  2
)

/** Starts a run of a team that runs code, on a server that allows it or not; gives the client. */
async function started(codeExecution: boolean | undefined): Promise<RunClient> {
  const permissions = codeExecution === undefined ? undefined : { mcpCommands: [], codeExecution }
  const place = { host: '127.0.0.1', port: 0, database: 'sqlite::memory:' }
  const server = await serve({ ...place, permissions, version: '0' })
  onTestFinished(() => server.close())
  const client = await RunClient.connect(server.url, await newRun(server.url))
  onTestFinished(() => client.leave())
  client.start(runner, '```sh\necho $((40 + 2))\n```')
  return client
}

test.each([undefined, false])('a server whose permission is %s runs no code, and says why', async (word) => {
  const { data } = await (await started(word)).next('completion')
  expect(data.task_result.messages[0].content).toContain('--allow-code-execution')
})

test('a server that may runs the code of a team', async () => {
  const client = await started(true)
  const said = await client.next(({ data }) => data?.source === 'runner')
  expect(said.data.content).toBe('42\n')
})
