import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { type Hooks, openTroupe, sqlite } from '../../src/embedded/index.ts'
import {
  AssistantAgent,
  agentTool,
  dump,
  fromComponent,
  RoundRobinGroupChat,
  replay,
  SelectorGroupChat,
  type Team,
  tool,
  UserProxyAgent
} from '../../src/index.ts'
import { temporary } from '../support/run-server.ts'
import { calls, talk } from './desk.ts'

const good = tool({ name: 'good', description: 'G', parameters: z.object({}), run: () => 'fine' })
const bad = tool({
  name: 'bad',
  description: 'B',
  parameters: z.object({}),
  run: () => {
    throw new Error('broken')
  }
})

/** Hooks that write down what they hear. */
function listening() {
  const heard: unknown[][] = []
  const on: Hooks = {
    modelCall: ({ run, agent, provider, result }) =>
      heard.push(['modelCall', run, agent, provider, typeof result?.content]),
    toolCall: ({ run, agent, call, result }) => heard.push(['toolCall', run, agent, call.name, result]),
    toolError: ({ run, agent, call, error }) => heard.push(['toolError', run, agent, call.name, error]),
    turn: ({ run, turn, speakers }) => heard.push(['turn', run, turn, ...speakers]),
    usage: ({ run, spent, total }) =>
      heard.push(['usage', run, total.calls, spent.prompt_tokens <= total.prompt_tokens]),
    status: ({ run, status, state }) => heard.push(['status', run, status, state])
  }
  return { on, heard }
}

const clerk =
  (more: object = {}) =>
  () =>
    new RoundRobinGroupChat(
      [
        new AssistantAgent({
          ...{ name: 'clerk', model: replay([calls('good', {}), calls('bad', {}), 'Done.']) },
          ...{ tools: [good, bad], maxToolIterations: 3 }
        })
      ],
      { maxTurns: 1, ...more }
    )

const expected = (run: number | undefined) => [
  ['status', run, 'active', 'running.active'],
  ['modelCall', run, 'clerk', 'replay', 'object'],
  ['usage', run, 1, true],
  ['toolCall', run, 'clerk', 'good', 'fine'],
  ['modelCall', run, 'clerk', 'replay', 'object'],
  ['usage', run, 2, true],
  ['toolError', run, 'clerk', 'bad', 'broken'],
  ['modelCall', run, 'clerk', 'replay', 'string'],
  ['usage', run, 3, true],
  ['turn', run, 1, 'clerk'],
  ['status', run, 'complete', 'completed']
]

test('hooks of the runtime hear what a run does, in its order', async () => {
  const { on, heard } = listening()
  await using troupe = await openTroupe({ store: sqlite(':memory:'), teams: { clerk: clerk() }, on })
  await (await troupe.start('clerk', 'Go.')).result()
  expect(heard).toEqual(expected(1))
})

test('hooks of a team hear it in a durable run and in this process, and so do those of one run', async () => {
  const [ofTeam, ofRun] = [listening(), listening()]
  await using troupe = await openTroupe({
    ...{ store: sqlite(':memory:'), teams: { clerk: clerk({ on: ofTeam.on })() } }
  })
  await (await troupe.start('clerk', 'Go.')).result()
  expect(ofTeam.heard).toEqual(expected(1))
  ofTeam.heard.length = 0
  await clerk({ on: ofTeam.on })().run('Go.', { on: ofRun.on })
  expect(ofRun.heard).toEqual(expected(undefined))
})

test('what a tool does with agents of its own is heard too', async () => {
  const { on, heard } = listening()
  const inner = agentTool(new AssistantAgent({ name: 'inner', model: replay(['Inside.']) }))
  const outer = new AssistantAgent({
    name: 'outer',
    model: replay([calls('inner', { task: 'Go.' })]),
    tools: [inner]
  })
  await new RoundRobinGroupChat([outer], { maxTurns: 1 }).run('Go.', { on })
  expect(heard.filter(([what]) => what === 'modelCall').map(([, , agent]) => agent)).toEqual([
    'outer',
    'inner'
  ])
})

test('nothing is heard again when a run goes on in a later opening of its store', async () => {
  const { on, heard } = listening()
  const { folder, remove } = await temporary()
  onTestFinished(remove)
  const file = sqlite(`${folder}/hooks.db`)
  const team = () =>
    new RoundRobinGroupChat(
      [new AssistantAgent({ name: 'ada', model: replay(['Hi.']) }), new UserProxyAgent('bob')],
      {
        maxTurns: 2
      }
    )
  const first = await openTroupe({ store: file, teams: { team }, on })
  const { id } = await first.start('team', 'Go.')
  await expect.poll(() => heard.at(-1)).toEqual(['status', id, 'awaiting_input', 'running.awaitingInput'])
  await first.close()
  heard.length = 0
  await using later = await openTroupe({ store: file, teams: { team }, on })
  await (await later.pending())[0]!.answer('Bye.')
  await (await later.run(id)).result()
  expect(heard.map(([what]) => what)).not.toContain('modelCall')
  expect(heard).toContainEqual(['turn', id, 2, 'bob'])
  expect(heard).not.toContainEqual(['turn', id, 1, 'ada'])
})

test('a hook that throws changes nothing for the run', async () => {
  const on: Hooks = {
    turn() {
      throw new Error('of the hook')
    },
    usage: () => Promise.reject(new Error('of the hook'))
  }
  const warned: string[] = []
  const listen = ({ message }: Error) => void warned.push(message)
  process.on('warning', listen)
  expect((await talk('One.', 'Two.').run('Go.', { on })).output).toBe('Two.')
  await expect.poll(() => warned.length).toBeGreaterThan(1)
  process.off('warning', listen)
  expect(warned[0]).toContain('of the hook')
})

test.each([
  [{ modelcall: () => {} }, 'Did you mean "modelCall"?'],
  [{ turn: 3 }, 'on.turn']
])('hooks that are none are refused: %j', async (on, text) => {
  expect(() => clerk({ on })()).toThrow(text)
  await expect(openTroupe({ store: sqlite(':memory:'), on: on as never })).rejects.toThrow(text)
  await expect(talk('One.').run('Go.', { on: on as never })).rejects.toThrow(text)
})

test('limits of a team end its runs everywhere, of each the smaller one counts, and they stand in its component', async () => {
  const team = (limits: object) =>
    new RoundRobinGroupChat([new AssistantAgent({ name: 'ada', model: replay(['1', '2', '3', '4']) })], {
      ...{ maxTurns: 4, limits }
    })
  const reason = { status: 'stopped', stopReason: 'The limit of 2 turns is reached.', output: '2' }
  expect(await team({ turns: 2 }).run('Go.')).toMatchObject(reason)
  expect(await team({ turns: 2 }).run('Go.', { limits: { turns: 3 } })).toMatchObject(reason)
  expect(await team({ turns: 3 }).run('Go.', { limits: { turns: 2 } })).toMatchObject(reason)
  const again = fromComponent<Team>(JSON.parse(JSON.stringify(dump(team({ turns: 2 })))))
  expect(await again.run('Go.')).toMatchObject(reason)
  await using troupe = await openTroupe({ store: sqlite(':memory:'), teams: { team: team({ turns: 2 }) } })
  expect(await (await troupe.start('team', 'Go.')).result()).toMatchObject(reason)
  expect(() => team({ turn: 2 })).toThrow('Did you mean "turns"?')
})

test('a limit of time ends a run in this process', async () => {
  const slow = tool({
    ...{ name: 'slow', description: 'S', parameters: z.object({}) },
    run: (_, { signal }) =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
  })
  const agent = new AssistantAgent({ name: 'ada', model: replay([calls('slow', {})]), tools: [slow] })
  const team = new RoundRobinGroupChat([agent], { maxTurns: 1, limits: { seconds: 0.05 } })
  expect(await team.run('Go.')).toMatchObject({
    ...{ status: 'stopped', stopReason: 'The limit of 0.05 seconds is reached.' }
  })
})

test('calls of a selector are heard and counted', async () => {
  const { on, heard } = listening()
  const speaker = (name: string) => new AssistantAgent({ name, model: replay([`I am ${name}.`]) })
  const team = new SelectorGroupChat([speaker('ada'), speaker('bob')], {
    model: replay(['bob']),
    maxTurns: 1
  })
  await team.run('Go.', { on })
  expect(heard.filter(([what]) => what === 'modelCall')).toHaveLength(2)
})
