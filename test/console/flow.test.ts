import { afterAll, beforeAll, expect, test } from 'vitest'
import { outlineTeam } from '../../src/runtime/inspection/team-outline.ts'
import type { Server } from '../../src/server/app.ts'
import { type Flow, flowOf } from '../../web/src/model/flow.ts'
import { addFrames, itemsAt } from '../../web/src/model/items.ts'
import { membersOf } from '../../web/src/model/members.ts'
import { Timeline } from '../../web/src/model/timeline.ts'
import { readInspection } from '../support/event-stream.ts'
import { serveHere } from '../support/run-server.ts'
import { assistant, type Part, replayModel, team } from '../support/some-teams.ts'
import { kinds, namesakes } from './kinds-of-team.ts'
import { startRun } from './lively.ts'

let server: Server
beforeAll(async () => {
  server = await serveHere()
})
afterAll(() => server.close())

/** Plays a team to its end; gives how the word had gone through it at each moment, without the run's id. */
async function flowsOf(part: Part): Promise<Flow[]> {
  const { run, client } = await startRun(server.url, part)
  await client.next('result')
  const { events } = await readInspection(server.url, run)
  const timeline = new Timeline()
  timeline.add(events)
  const all = addFrames([], client.frames as never[])
  const outline = outlineTeam({ ...part })
  const manager = `${run}/team`
  const short = (way: string) => way.replaceAll(`${run}/team/`, '')
  return timeline.moments.map((position) => {
    const { actors } = timeline.at(position)
    const members = membersOf(actors, manager, outline)
    const items = itemsAt(all, timeline.saidAt, position)
    const { taken, active } = flowOf({ manager, members, outline }, { actors, items, timeline, position })
    return {
      taken: new Map([...taken].map(([way, count]) => [short(way), count])),
      active: new Set([...active].map(short))
    }
  })
}

const takenIn = (flows: readonly Flow[]) => Object.fromEntries(flows.at(-1)!.taken)

test('a way to and from a nested team is taken at the level where it is drawn, whatever its members are called', async () => {
  const flows = await flowsOf(namesakes)
  expect(takenIn(flows)).toEqual({
    'writer→review': 1,
    'review→writer': 1,
    'review/team/critic→review/team/writer': 1
  })
  // While the nested team is at work the way to it is the one that is being taken.
  expect(
    flows.some(
      ({ active }) => active.has('writer→review') && active.has('review/team/critic→review/team/writer')
    )
  ).toBe(true)
  expect(flows.at(-1)!.active.size).toBe(0)
})

test('three levels of teams have ways taken at each level', async () => {
  const { team: part } = kinds(1).find(({ name }) => name === 'nested-3')!
  const ways = Object.keys(takenIn(await flowsOf(part)))
  for (const way of [
    'writer→review',
    'review→writer',
    'review/team/critic→review/team/checks',
    'review/team/checks→review/team/critic',
    'review/team/checks/team/checker_a→review/team/checks/team/checker_b'
  ])
    expect(ways).toContain(way)
})

const graph = (criticSays: string[]): Part => {
  const any = { activation_condition: 'any' }
  const to = (target: string, condition: string | null = null) => ({ target, condition, ...any })
  const node = (name: string, edges: object[]) => ({ name, edges })
  return team('GraphFlow', {
    participants: [
      assistant('writer', replayModel(['A draft.', 'A second draft.'])),
      assistant('critic', replayModel(criticSays)),
      assistant('editor', replayModel(['Printed.']))
    ],
    graph: {
      nodes: {
        writer: node('writer', [to('critic', 'draft'), to('editor', 'SKIP')]),
        critic: node('critic', [to('writer', 'REVISE'), to('editor', 'APPROVE')]),
        editor: node('editor', [])
      },
      default_start_node: 'writer'
    },
    max_turns: 9
  })
}

test('of the edges of a graph those are taken that led to a turn, each as often as it did', async () => {
  expect(takenIn(await flowsOf(graph(['APPROVE'])))).toEqual({ 'writer→critic': 1, 'critic→editor': 1 })
  expect(takenIn(await flowsOf(graph(['REVISE', 'APPROVE'])))).toEqual({
    'writer→critic': 2,
    'critic→writer': 1,
    'critic→editor': 1
  })
})

test('a handoff to somebody outside of the team is open at its end', async () => {
  const { team: part } = kinds(1).find(({ name }) => name === 'swarm')!
  const flows = await flowsOf(part)
  expect(takenIn(flows)).toEqual({ 'triage→refunds': 1, 'refunds→outside/user': 1 })
  expect([...flows.at(-1)!.active]).toEqual(['refunds→outside/user'])
})
