import { describe, expect, test } from 'vitest'
import {
  type AnyActorLogic,
  type AnyActorRef,
  type AnyMachineSnapshot,
  type AnyStateMachine,
  type AnyTransitionDefinition,
  and,
  createActor,
  createMachine,
  fromCallback,
  type InspectionEvent,
  raise
} from 'xstate'
import { tabulate } from '../../src/machines/fast-transition/transition-table.ts'
import { machines } from '../../src/runtime/execution/charts.ts'
import { seeded } from '../support/seeded.ts'
import { type Event, type Walk, walks } from './walks.ts'

const idle = fromCallback(() => {})
const idlers = { open: idle, alarm: idle, turn: idle, choose: idle }

/** A machine with all that it needs of the world, and those under it, each made by `make`. */
function complete(machine: AnyStateMachine, make: (machine: AnyStateMachine) => AnyStateMachine) {
  const ready = (chart: AnyStateMachine, actors: Record<string, AnyActorLogic> = {}) =>
    make(chart.provide({ actors: { ...idlers, ...actors } } as never))
  const { participant, selectorChoice, magenticChoice } = machines
  const choices = { selectorChoice: ready(selectorChoice), magenticChoice: ready(magenticChoice) }
  const groupChat = ready(machines.groupChat, {
    participant: ready(participant, { groupChat: idle }),
    ...choices
  })
  if (machine.id === 'groupChat') return groupChat
  return ready(machine, machine.id === 'run' ? { groupChat } : { groupChat: idle })
}

/** All that happens when a machine is told one thing after the other, as texts. */
function played(machine: AnyStateMachine, input: unknown, events: readonly Event[]): string[] {
  const told: string[] = []
  const inspect = (event: InspectionEvent) =>
    told.push(`${(event.actorRef as AnyActorRef).id} ${textOf(event)}`)
  const parent = createMachine({ invoke: { id: 'it', src: machine, input: input as never } })
  const actor = createActor(parent, { id: 'parent', inspect }).start()
  const it = (actor.getSnapshot().children as { it: AnyActorRef }).it
  for (const event of events) {
    told.push(`> ${JSON.stringify(event)}`)
    // To be heard of by one that is over changes nothing.
    it.send(event)
    told.push(JSON.stringify(it.getPersistedSnapshot()))
    if (it.getSnapshot().status !== 'active') break
  }
  actor.stop()
  return told
}

function textOf(event: InspectionEvent): string {
  if (event.type === '@xstate.event') return `hears ${JSON.stringify(event.event)}`
  if (event.type === '@xstate.action') return `does ${JSON.stringify(plain(event.action))}`
  if (event.type === '@xstate.microstep')
    return `takes ${event._transitions.map(way)}, ${standing(event.snapshot)}`
  if (event.type === '@xstate.snapshot') return `is ${standing(event.snapshot)}`
  return event.type
}

const way = ({ source, eventType, target }: AnyTransitionDefinition) =>
  `${source.id} ${eventType} ${target?.map(({ id }: { id: string }) => id)}`

function standing(snapshot: unknown): string {
  const { _nodes = [], status, value, context } = snapshot as AnyMachineSnapshot
  return JSON.stringify([status, value, context, _nodes.map(({ id }) => id).sort()])
}

/** Without the actors in it, which go round in circles. */
const plain = ({ type, params }: { type: string; params: unknown }) => {
  const { event, to, id } = (params ?? {}) as { event?: unknown; to?: { id: string }; id?: unknown }
  return typeof params === 'object' ? { type, event, to: to?.id, id } : { type, params }
}

/** What may happen in any order, wanted or not. */
function eventsOf({ machine, events }: Walk, random: () => number): Event[] {
  const more: Event[] = [
    ...['waiting', 'going', 'unheard'].map((type) => ({ type })),
    { type: 'finish', reason: 'Enough.' },
    { type: 'answer', content: 'Yes.' },
    { type: 'broke', failure: { message: 'No credit.' } },
    { type: 'speak', again: true }
  ]
  const asking = ['asked', 'answered'].map((type) => ({ type, name: 'ann' }))
  const all = [...events, ...more, ...(machine.id === 'groupChat' ? asking : [])]
  return Array.from({ length: 30 }, () => all[Math.floor(random() * all.length)]!)
}

describe('a machine with a table of its transitions does what it does without, in the same order', () => {
  for (const [chart, walk] of Object.entries(walks))
    test(chart, () => {
      const plainly = complete(machines[chart as keyof typeof machines], (machine) => machine)
      const byTable = complete(machines[chart as keyof typeof machines], tabulate)
      for (const [index, input] of walk.inputs.entries())
        for (let seed = 0; seed < 300; seed++) {
          const events = eventsOf(walk, seeded(seed * 10 + index))
          expect(played(byTable, input, events), `seed ${seed}`).toEqual(played(plainly, input, events))
        }
    })
})

describe('a chart that no table can hold is refused', () => {
  const cases: Record<string, object> = {
    'parallel states': { type: 'parallel', states: { one: {}, other: {} } },
    history: { initial: 'one', states: { one: {}, before: { type: 'history' } } },
    delays: { initial: 'one', states: { one: { after: { 10: 'other' } }, other: {} } },
    're-entrance': { initial: 'one', states: { one: { on: { go: { target: 'one', reenter: true } } } } },
    wildcards: { initial: 'one', states: { one: { on: { '*': 'one' } } } },
    'several targets': {
      initial: 'one',
      states: { one: { on: { go: ['other'], went: { target: ['one', 'other'] } } }, other: {} }
    },
    'final states inside': {
      initial: 'one',
      states: { one: { initial: 'end', states: { end: { type: 'final' } } } }
    },
    'a watched actor': { initial: 'one', states: { one: { invoke: { src: 'it', onSnapshot: {} } } } },
    'an exit of the whole': { initial: 'one', exit: () => {}, states: { one: {} } }
  }
  for (const [what, config] of Object.entries(cases))
    test(what, () => {
      expect(() => tabulate(createMachine(config as never))).toThrow('no table of transitions can hold')
    })

  test('a guard that is made of others', () => {
    const guard = and([() => true])
    const machine = createMachine({
      initial: 'one',
      states: { one: { on: { go: { guard, target: 'one' } } } }
    })
    expect(() => tabulate(machine)).toThrow('no function of its own')
  })

  test('an event that is raised, when it is', () => {
    const config = {
      initial: 'one',
      states: { one: { on: { go: { actions: raise({ type: 'gone' }) } } } }
    } as const
    const actor = createActor(tabulate(createMachine(config)))
    const errors: unknown[] = []
    actor.subscribe({ error: (error) => errors.push(error) })
    actor.start().send({ type: 'go' })
    expect(errors).toEqual([expect.any(TypeError)])
  })
})
