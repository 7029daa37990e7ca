import { describe, expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { type AnyType, Registry } from '../../src/runtime/components/registry.ts'
import type { Team } from '../../src/runtime/team/team.ts'
import { RunClient } from '../support/run-client.ts'
import { newRun, rest, serveHere } from '../support/run-server.ts'
import { assistant, replayModel, roundRobin } from '../support/some-teams.ts'

const user_id = 'guestuser@gmail.com'
/** What `--tools FILE` makes of `export const desk = () => …`. */
const desk: AnyType = {
  ...{ provider: 'desk', kind: 'team', version: 1, description: 'D', config: () => z.looseObject({}) },
  create: () => new Registry().load<Team>(roundRobin([assistant('a', replayModel(['from the desk']))], 2))
}

async function served() {
  const server = await serveHere({ permissions: { mcpCommands: [], codeExecution: false, types: [desk] } })
  onTestFinished(() => server.close())
  return server.url
}
async function started(url: string, more: object) {
  const client = await RunClient.connect(url, await newRun(url))
  client.send({ type: 'start', task: 'Go.', ...more })
  const end = await client.next(({ type }) => type === 'result' || type === 'error')
  return end.type === 'error' ? end.code : end.data.task_result.messages.at(-1).content
}

describe('a start frame', () => {
  test('names a team that the operator has registered, by its name or as a component [RUN-3]', async () => {
    const url = await served()
    expect(await started(url, { team: 'desk' })).toBe('from the desk')
    expect(await started(url, { team: 'desk' })).toBe('from the desk')
    expect(await started(url, { team_config: { provider: 'desk', config: {} } })).toBe('from the desk')
  })

  test('names a team that its owner keeps, by its label, its name or its id [RUN-3]', async () => {
    const url = await served()
    const named = (name: string) => roundRobin([assistant('a', replayModel([`from ${name}`]))], 2)
    const kept = { ...named('the label'), label: 'My desk' }
    const other = { ...named('the name'), config: { ...named('the name').config, name: 'second_desk' } }
    const { data } = await rest(url, '/teams/', { user_id, component: kept })
    await rest(url, '/teams/', { user_id, component: other })
    expect(await started(url, { team: 'My desk' })).toBe('from the label')
    expect(await started(url, { team: 'second_desk' })).toBe('from the name')
    expect(await started(url, { team: data.id })).toBe('from the label')
    expect(await started(url, { team: String(data.id) })).toBe('from the label')
  })

  test('with a name of nothing, or of what is no team, is refused, and so is the team of another [RUN-3]', async () => {
    const url = await served()
    const component = { ...roundRobin([assistant('a', replayModel(['x']))], 2), label: 'Theirs' }
    await rest(url, '/teams/', { user_id: 'bob', component })
    for (const team of [
      'nothing',
      'Theirs',
      'autogen_agentchat.agents.AssistantAgent',
      99,
      '1e3',
      '__proto__'
    ])
      expect(await started(url, { team })).toBe('unknown_team')
  })
})
