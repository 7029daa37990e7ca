import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createMachine } from 'xstate'
import type { InspectionEvent, SnapshotEvent } from '../../src/runtime/inspection/events.ts'
import { actorsAfter } from '../../src/runtime/inspection/events.ts'
import { hider, redactor, secretsIn } from '../../src/runtime/inspection/redaction.ts'
import { outlineTeam } from '../../src/runtime/inspection/team-outline.ts'
import type { Server } from '../../src/server/app.ts'
import { readInspection } from '../support/event-stream.ts'
import { RunClient } from '../support/run-client.ts'
import { newRun, rest, serveHere } from '../support/run-server.ts'
import {
  asker,
  assistant,
  person,
  replayModel,
  roundRobin,
  talkers,
  team,
  until
} from '../support/some-teams.ts'

let server: Server
beforeAll(async () => {
  server = await serveHere()
})
afterAll(() => server.close())

const started = async (team: unknown) => {
  const run = await newRun(server.url)
  const client = await RunClient.connect(server.url, run)
  client.start(team)
  return { run, client }
}
const finished = async (team: unknown) => {
  const { run, client } = await started(team)
  await client.next('result')
  return run
}
const snapshots = (events: readonly InspectionEvent[], id: string) =>
  events.filter(
    (event): event is SnapshotEvent => event.type === '@xstate.snapshot' && event.sessionId === id
  )
const values = (events: readonly InspectionEvent[], id: string) =>
  snapshots(events, id)
    .map(({ snapshot }) => JSON.stringify(snapshot.value))
    .filter((value, at, all) => value !== all[at - 1])
/** A team in a team, which begins anew each time it is its turn. */
function nestedTeam() {
  const inner = roundRobin(
    [assistant('ann', replayModel(['a1', 'a2'])), assistant('ben', replayModel(['b1', 'b2']))],
    3
  )
  const writer = assistant('writer', replayModel(['w1', 'w2']))
  return roundRobin([writer, { ...inner, config: { ...inner.config, name: 'inner' } }], 6)
}
const isChart = (events: readonly InspectionEvent[], id: string) =>
  events.some((event) => event.type === '@xstate.actor' && event.sessionId === id && event.machine !== null)
const without = (events: readonly InspectionEvent[]) => events.map(({ createdAt: _, ...event }) => event)

describe('the charts', () => {
  test('the charts are given as JSON that makes a machine again, and as Mermaid [INSPECT-10]', async () => {
    const { data } = await rest(server.url, '/machines')
    const ids = data.map(({ id }: { id: string }) => id)
    expect(ids).toEqual(['run', 'groupChat', 'participant', 'selectorChoice', 'magenticChoice'])
    for (const { id, machine, mermaid } of data) {
      expect(createMachine(machine).id).toBe(id)
      expect(mermaid).toContain('stateDiagram-v2')
    }
  })
})

describe('the inspection stream', () => {
  test('the inspection stream of a finished run tells all that its actors did, from the first moment to the last [INSPECT-1] [INSPECT-3]', async () => {
    const run = await finished(talkers(3))
    const { events, end } = await readInspection(server.url, run)
    expect(end).toBe('end')
    expect(events.map(({ id }) => Number(id))).toEqual(events.map((_, at) => at + 1))
    expect(new Set(events.map(({ sessionId }) => sessionId))).toEqual(
      new Set([`${run}`, `${run}/open`, `${run}/team`, `${run}/team/talker`, `${run}/team/talker/turn`])
    )
    expect(values(events, `${run}`)).toEqual([
      '"created"',
      '"starting"',
      '{"running":"active"}',
      '"completed"'
    ])
    expect(values(events, `${run}/team/talker`).slice(0, 3)).toEqual([
      '"listening"',
      '{"responding":"askingModel"}',
      '"listening"'
    ])
    expect(snapshots(events, `${run}/team`).at(-1)?.snapshot).toMatchObject({
      status: 'done',
      value: 'stopped'
    })
  })

  test('the inspection stream names the transitions that were taken [INSPECT-5]', async () => {
    const run = await finished(talkers(1))
    const { events } = await readInspection(server.url, run)
    const taken = snapshots(events, `${run}`).flatMap(({ transitions }) => transitions)
    expect(taken).toContainEqual({ from: 'run.starting', to: ['run.running'], event: 'opened' })
  })

  test('the inspection stream names the messages that were said, as the frames do [INSPECT-5]', async () => {
    const { run, client } = await started(talkers(3))
    await client.next('result')
    const frames = client.log.filter(
      ({ type, data }) => type === 'message' && data.source !== 'llm_call_event'
    )
    const { events } = await readInspection(server.url, run)
    const said = events.flatMap((event) => (event.type === '@xstate.snapshot' ? (event.said ?? []) : []))
    expect(said).toEqual(frames.map(({ data }) => data.id))
  })

  test('the inspection stream tells what each agent remembers, piece by piece [INSPECT-5]', async () => {
    const pair = [assistant('one', replayModel(['1', '3'])), assistant('two', replayModel(['2', '4']))]
    const run = await finished(roundRobin(pair, 5))
    const { events } = await readInspection(server.url, run)
    const { data: state } = await rest(server.url, `/runs/${run}/state`)
    const memoryAt = (position: number, name: string) =>
      actorsAfter(events.slice(0, position)).find(({ id }) => id === `${run}/team/${name}`)?.memory ?? []
    for (const name of ['one', 'two']) {
      const { messages } = state.agent_states[name].agent_state.llm_context
      expect(messages.length).toBeGreaterThan(3)
      expect(memoryAt(events.length, name)).toEqual(messages)
      const told = snapshots(events, `${run}/team/${name}`).flatMap(
        ({ remembers }) => remembers?.messages ?? []
      )
      expect(told).toEqual(messages)
      const lengths = new Set(events.map((_, at) => memoryAt(at, name).length))
      expect(lengths.size).toBeGreaterThan(2)
    }
  })

  test('the inspection stream tells causes before their effects: what sets something off stands there already [INSPECT-4]', async () => {
    const run = await finished(nestedTeam())
    const { events } = await readInspection(server.url, run)
    const isCause = (event: InspectionEvent, at: number) => {
      if (event.type !== '@xstate.event' || event.sourceId === undefined) return
      const { step, sourceId } = event
      const before = events.slice(0, at).findLast((one) => one.step === step && one.sessionId === sourceId)
      const after = events.slice(at).find((one) => one.step === step && one.sessionId === sourceId)
      // What has been told something has shown where it stands since, before it tells others.
      if (before?.type === '@xstate.event' && after?.type === '@xstate.snapshot' && isChart(events, sourceId))
        expect.fail(`${sourceId} is seen where it stands only after it has told ${event.sessionId} something`)
    }
    events.forEach(isCause)
    expect(events.length).toBeGreaterThan(60)
  })

  test('the inspection stream shows no moment that never was: between causal steps no actor works for a run that still starts [INSPECT-4]', async () => {
    const run = await finished(nestedTeam())
    const { events } = await readInspection(server.url, run)
    const ends = events.flatMap(({ step }, at) => (events[at + 1]?.step === step ? [] : at + 1))
    expect(events.map(({ step }) => step)).toEqual(events.map(({ step }) => step).toSorted((a, b) => a - b))
    expect(ends.length).toBeGreaterThan(5)
    expect(events.flatMap(({ stepEnd }, at) => (stepEnd ? at + 1 : []))).toEqual(ends)
    for (const end of ends) {
      const actors = actorsAfter(events.slice(0, end))
      const standing = (id: string) => JSON.stringify(actors.find((actor) => actor.id === id)?.value)
      const busy = actors.filter(
        ({ machine, status, value }) =>
          machine === 'participant' && status === 'active' && value !== 'listening'
      )
      if (busy.length > 0) {
        expect(standing(`${run}`)).toBe('{"running":"active"}')
        for (const { parent } of busy) expect(standing(parent!)).toBe('"speaking"')
      }
    }
  })

  test('the inspection stream tells what each effect came to: tokens of every model call, the choice of a speaker too [INSPECT-5]', async () => {
    const chosen = team('SelectorGroupChat', {
      participants: [assistant('one', replayModel(['1'])), assistant('two', replayModel(['2']))],
      model_client: replayModel(['one']),
      ...until(3)
    })
    const run = await finished(chosen)
    const { events } = await readInspection(server.url, run)
    const effects = events.flatMap((event) =>
      event.type === '@xstate.snapshot' ? (event.effects ?? []) : []
    )
    expect(effects).toEqual([
      {
        ...{ actor: `${run}/team/choice`, effect: 'team:0:0', finish_reason: 'stop', content: 'one' },
        usage: { prompt_tokens: expect.any(Number), completion_tokens: 1 }
      },
      expect.objectContaining({ actor: `${run}/team/one`, content: '1' }),
      expect.objectContaining({ actor: `${run}/team/two`, content: '2' })
    ])
  })

  test('the inspection stream names the effect that failed, and whose it was, in a team within a team too [INSPECT-5]', async () => {
    const inner = roundRobin([assistant('mute', replayModel([]))], 4)
    const outer = roundRobin([{ ...inner, config: { ...inner.config, name: 'inner' } }], 4)
    const { run, client } = await started(outer)
    await client.next('completion')
    const { events } = await readInspection(server.url, run)
    const effects = events.flatMap((event) =>
      event.type === '@xstate.snapshot' ? (event.effects ?? []) : []
    )
    expect(effects).toEqual([
      {
        ...{ actor: `${run}/team/inner/team/mute`, effect: 'team/inner/mute:0:0' },
        failure: { message: 'No more mock responses available', type: 'ValueError' }
      }
    ])
  })

  test('the inspection stream of a run under way goes on as the run does, and is the same when it is asked for again [INSPECT-1]', async () => {
    const { run, client } = await started(asker())
    await client.next('input_request')
    const waiting = (events: InspectionEvent[]) =>
      values(events, `${run}`).includes('{"running":"awaitingInput"}')
    const before = await readInspection(server.url, run, 0, waiting)
    expect(values(before.events, `${run}/team/person`).at(-1)).toBe('{"responding":"awaitingInput"}')
    const rest = readInspection(server.url, run, before.events.length)
    client.send({ type: 'input_response', response: 'Fine.' })
    await client.next('result')
    const { events, end } = await rest
    expect(end).toBe('end')
    const again = await readInspection(server.url, run)
    expect(without([...before.events, ...events])).toEqual(without(again.events))
  })

  test('the inspection stream begins above a cursor, ends for a client that has all, and refuses a cursor that is none [INSPECT-2] [INSPECT-3]', async () => {
    const run = await finished(talkers(1))
    const { events } = await readInspection(server.url, run)
    expect((await readInspection(server.url, run, events.length - 2)).events).toEqual(events.slice(-2))
    expect((await readInspection(server.url, run, events.length)).end).toBe('nothing')
    await expect(readInspection(server.url, run, events.length + 1)).rejects.toThrow('422')
    await expect(readInspection(server.url, 99_999)).rejects.toThrow('404')
  })

  test('the inspection stream waits for a run that has not begun', async () => {
    const run = await newRun(server.url)
    const reading = readInspection(server.url, run)
    const client = await RunClient.connect(server.url, run)
    client.start(talkers(1))
    expect((await reading).end).toBe('end')
  })

  test('the inspection stream shows a run that was paused, resumed and stopped', async () => {
    const slow = roundRobin([assistant('slow', replayModel(['a', 'b', 'c'], { delay_ms: 60 }))], 9)
    const { run, client } = await started(slow)
    await client.next('message')
    client.send({ type: 'pause' })
    await client.next(({ status }) => status === 'paused')
    client.send({ type: 'resume' })
    await client.next(({ status }) => status === 'active')
    client.send({ type: 'stop', reason: 'Enough.' })
    await client.next('completion')
    const { events } = await readInspection(server.url, run)
    const seen = values(events, `${run}`)
    expect(seen).toContain('{"running":"paused"}')
    expect(seen.slice(-2)).toEqual(['"cancelling"', '"cancelled"'])
  })

  test('the inspection stream of a fork tells the beginning that it shares, and how it went on', async () => {
    const run = await finished(talkers(4))
    const { run_id } = (await rest(server.url, `/runs/${run}/fork`, { turn: 2 })).data
    const { events, end } = await readInspection(server.url, run_id)
    expect(end).toBe('end')
    const said = events.flatMap((event) => (event.type === '@xstate.snapshot' ? (event.said ?? []) : []))
    expect(said).toHaveLength(5)
    expect(values(events, `${run_id}`).at(-1)).toBe('"completed"')
  })

  test('the inspection stream tells of every actor of a team within a team', async () => {
    const inner = roundRobin(
      [assistant('ann', replayModel(['Yes.'])), assistant('ben', replayModel(['No.']))],
      3
    )
    const society = {
      provider: 'autogen_agentchat.agents.SocietyOfMindAgent',
      config: { name: 'society', team: inner, model_client: replayModel(['We agree.']) }
    }
    const run = await finished(roundRobin([society], 2))
    const { events } = await readInspection(server.url, run)
    expect(values(events, `${run}/team/society`)).toContain('{"responding":{"leadingTeam":"running"}}')
    expect(values(events, `${run}/team/society/team/ben`)).toContain('{"responding":"askingModel"}')
    const remembered = (name: string) =>
      snapshots(events, `${run}/team/society${name}`).flatMap(({ remembers }) => remembers?.messages ?? [])
    expect(remembered('')).toEqual([expect.objectContaining({ content: 'Go.' })])
    expect(remembered('/team/ben')).toHaveLength(3)
  })

  test('inspection asks nobody anything: an input that was pending is still pending [INSPECT-8]', async () => {
    const { run, client } = await started(roundRobin([person('ann'), person('ben')], 4))
    await client.next('input_request')
    await readInspection(server.url, run, 0, (events) => events.length > 5)
    client.send({ type: 'ping' })
    await client.next('pong')
    expect(client.frames.filter(({ type }) => type === 'input_request')).toHaveLength(1)
    client.leave()
  })
})

describe('a snapshot', () => {
  test('a snapshot shows where each chart stands now, and since when [INSPECT-6]', async () => {
    const { run, client } = await started(asker())
    await client.next('input_request')
    const { actors } = (await rest(server.url, `/runs/${run}/snapshot`)).data
    expect(actors).toEqual([
      expect.objectContaining({
        id: `${run}`,
        machine: 'run',
        parent: null,
        value: { running: 'awaitingInput' }
      }),
      expect.objectContaining({
        id: `${run}/team`,
        machine: 'groupChat',
        parent: `${run}`,
        value: 'speaking'
      }),
      expect.objectContaining({ id: `${run}/team/writer`, machine: 'participant', value: 'listening' }),
      expect.objectContaining({ id: `${run}/team/person`, value: { responding: 'awaitingInput' } })
    ])
    for (const { since } of actors) expect(Math.abs(Date.parse(since) - Date.now())).toBeLessThan(60_000)
    client.leave()
  })

  test('a snapshot at a position shows what the stream had told by then [INSPECT-6]', async () => {
    const run = await finished(talkers(4))
    const { events } = await readInspection(server.url, run)
    for (const at of [0, 1, Math.floor(events.length / 2), events.length]) {
      const { actors } = (await rest(server.url, `/runs/${run}/snapshot?at=${at}`)).data
      expect(actors).toEqual(actorsAfter(events.slice(0, at)))
    }
  })
})

describe('the outline of a team', () => {
  const mcp = {
    server_params: { type: 'StdioServerParams', command: '/usr/bin/uvx', args: ['--key', 'secret'] }
  }
  const helper = {
    provider: 'autogen_agentchat.agents.AssistantAgent',
    config: {
      name: 'helper',
      system_message: 'Help. The key is sk-12345678.',
      model_client: {
        provider: 'autogen_ext.models.openai.OpenAIChatCompletionClient',
        config: { model: 'gpt-4o-mini', api_key: 'sk-12345678', base_url: 'http://10.0.0.1:8080/v1?key=1' }
      },
      tools: [
        { provider: 'a.FunctionTool', config: { name: 'look', description: 'Looks.', source_code: '…' } }
      ],
      workbench: [
        { provider: 'a.McpWorkbench', config: mcp },
        {
          provider: 'a.StaticWorkbench',
          config: { tools: [{ provider: 'a.AgentTool', config: { agent: { config: { name: 'clerk' } } } }] }
        }
      ],
      handoffs: ['boss', { target: 'user' }],
      memory: [{ provider: 'a.ListMemory', config: {} }],
      model_context: { provider: 'a.BufferedChatCompletionContext', config: { buffer_size: 3 } },
      reflect_on_tool_use: true
    }
  }
  const filtered = {
    provider: 'a.MessageFilterAgent',
    config: { name: 'filtered', wrapped_agent: helper, filter: { per_source: [] } }
  }
  const ends = {
    provider: 'a.OrTerminationCondition',
    config: {
      conditions: [
        { provider: 'a.TextMentionTermination', config: { text: 'DONE' } },
        { provider: 'a.MaxMessageTermination', config: { max_messages: 7 } }
      ]
    }
  }
  const shown = outlineTeam(
    {
      provider: 'a.SelectorGroupChat',
      label: 'Desk',
      config: {
        participants: [helper, filtered],
        termination_condition: ends,
        selector_prompt: 'Choose {participants}.',
        model_client: { provider: 'a.Replay', config: {} },
        max_turns: 4
      }
    },
    hider(secretsIn(helper))
  )

  test('the outline of a team tells of each member its prompt, model, tools, handoffs and memory, and when the team is done [INSPECT-6]', () => {
    expect(shown).toMatchObject({
      ...{ name: 'Desk', kind: 'SelectorGroupChat', prompt: 'Choose {participants}.', max_turns: 4 },
      ...{ ends: '“DONE” is said, or there are 7 messages' },
      model: { kind: 'Replay', name: null, host: null }
    })
    expect(shown.members[0]).toMatchObject({
      ...{ name: 'helper', reflects: true, context: 'BufferedChatCompletionContext', memory: ['ListMemory'] },
      ...{ handoffs: ['boss', 'user'] },
      model: { kind: 'OpenAIChatCompletionClient', name: 'gpt-4o-mini', host: '10.0.0.1:8080' },
      tools: [
        { name: 'look', kind: 'FunctionTool', description: 'Looks.' },
        { name: 'uvx', kind: 'McpWorkbench' },
        { name: 'clerk', kind: 'AgentTool', agents: ['clerk'] }
      ]
    })
  })

  test('the outline of a team shows an agent behind a filter as that agent', () => {
    expect(shown.members[1]).toMatchObject({ name: 'filtered', kind: 'AssistantAgent', reflects: true })
  })

  test('the outline of a team holds no secret, wherever it stands [INSPECT-7]', () => {
    expect(JSON.stringify(shown)).not.toMatch(/sk-12345678|--key|secret|key=1/)
  })
})

describe('what is shown', () => {
  test('an inspection event holds no secret, wherever it stands [INSPECT-7]', () => {
    const config = { client: { api_key: 'sk-12345678', default_headers: { 'x-team': 'secret-words' } } }
    const shown = JSON.stringify(
      redactor(secretsIn(config))({ ...config, text: 'my key is sk-12345678', usage: { prompt_tokens: 3 } })
    )
    expect(shown).not.toContain('sk-12345678')
    expect(shown).not.toContain('secret-words')
    expect(shown).toContain('"prompt_tokens":3')
  })

  test('what an inspection event shows is cut short [INSPECT-7]', () => {
    const deep = { a: { b: { c: { d: { e: { f: { g: 1 } } } } } } }
    const shown = JSON.stringify(redactor()({ text: 'x'.repeat(9999), list: Array(999).fill(1), deep }))
    expect(shown.length).toBeLessThan(1000)
  })
})
