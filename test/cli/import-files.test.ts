import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { importCommand } from '../../src/cli/import.ts'
import { openStore } from '../../src/runtime/store/open-store.ts'
import { filesOf, runCommandHere, temporaryFolder } from '../support/command.ts'
import { assistant, replayModel, roundRobin } from '../support/some-teams.ts'

const me = 'guestuser@gmail.com'
const team = {
  ...roundRobin(
    [
      assistant('a', {
        provider: 'OpenAIChatCompletionClient',
        config: { model: 'gpt-4o', api_key: 'key-1' }
      })
    ],
    3
  ),
  label: 'Desk'
}
const gallery = {
  id: 'g',
  name: 'Mine',
  metadata: { author: 'me', version: '1' },
  components: { teams: [team], agents: [] }
}
const state = {
  type: 'TeamState',
  version: '1.0.0',
  agent_states: {
    'a/1': {
      type: 'ChatAgentContainerState',
      agent_state: { type: 'AssistantAgentState', llm_context: { messages: [] } },
      message_buffer: []
    },
    'group_chat_manager/1': {
      type: 'RoundRobinManagerState',
      message_thread: [],
      current_turn: 0,
      next_speaker_index: 0
    },
    'collect_output_messages/1': {}
  }
}

/** Imports files into a database of the test's own; `look` reads it. */
function importer() {
  const data = temporaryFolder()
  const database = `sqlite:${join(data, 'troupe.db')}`
  return {
    run: (...args: string[]) => runCommandHere(importCommand, ...args, '--data-dir', data),
    async look<T>(work: (store: Awaited<ReturnType<typeof openStore>>) => Promise<T>): Promise<T> {
      const store = await openStore({ database })
      try {
        return await work(store)
      } finally {
        await store.close()
      }
    }
  }
}

describe('troupe import', () => {
  test('takes teams and galleries in files, with their secrets put away, and each once', async () => {
    const { run, look } = importer()
    const at = filesOf({
      'team.json': team,
      'gallery.yaml': JSON.stringify(gallery).replace(/^/, 'config: ').concat('\nid: 3\n')
    })
    const { out, code, errors } = await run(at('team.json'), at('gallery.yaml'))
    expect(errors).toBe('')
    expect(out).toMatch(/^team 1 \(Desk\): taken\n.*gallery 1 \(Mine\): taken$/s)
    expect(code).toBe(0)
    const [row] = await look((store) => store.teams.list(me))
    expect(JSON.stringify(row!.component)).not.toContain('key-1')
    expect((await run(at('team.json'), at('gallery.yaml'))).out).toMatch(/known already\n.*known already$/s)
  })
  test('takes a saved state as a run that goes on from it, where its team is known', async () => {
    const { run, look } = importer()
    const at = filesOf({ 'team.json': team, 'state.json': state })
    const early = await run(at('state.json'))
    expect(early).toMatchObject({
      code: 1,
      errors: expect.stringMatching(/the participants a, and .* has no such team here: import the team first/)
    })
    const { out, code } = await run(at('team.json'), at('state.json'))
    expect(out).toMatch(
      /run 1 in session 1 \(state\.json\): taken; started with team 1, it goes on from the state/
    )
    expect(code).toBe(0)
    const options = await look(async (store) => (await store.runs.saved(1))?.options)
    expect(options).toMatchObject({ state: { agent_states: {} } })
  })
  test('reads what is old as it is today, and takes other components in a gallery', async () => {
    const { run, look } = importer()
    const at = filesOf({
      'old.json': {
        team_type: 'RoundRobinGroupChat',
        component_type: 'team',
        name: 't',
        participants: [{ agent_type: 'UserProxyAgent', name: 'u' }]
      },
      'model.json': replayModel(['x'])
    })
    const { out, code } = await run(at('old.json'), at('model.json'), '--user', 'ann')
    expect(out).toMatch(
      /read as one of today: component: team_type.*team 1 \(t\): taken\n.*gallery 1 \(model\.json\): taken/s
    )
    expect(code).toBe(0)
    expect(await look((store) => store.teams.list('ann'))).toHaveLength(1)
  })
  test('says of what it cannot take what that is, and takes the rest', async () => {
    const { run } = importer()
    const at = filesOf({ 'x.json': { a: 1 }, 'team.json': team })
    const { out, errors, code } = await run(at('x.json'), at('team.json'))
    expect(errors).toMatch(/x\.json is a JSON object without "provider"/)
    expect(out).toContain('team 1')
    expect(code).toBe(1)
    expect((await run('/no/such/file')).errors).toBe('troupe: /no/such/file cannot be read: ENOENT\n')
  })
})
