import { describe, expect, test } from 'vitest'
import { type AnyMachineSnapshot, type AnyStateNode, getInitialMicrosteps, getMicrosteps } from 'xstate'
import { getAdjacencyMap } from 'xstate/graph'
import { type Walk, walks } from './walks.ts'

/** The states in which a chart may come to stand, and those through which it goes on its way. */
function reached({ machine, inputs, events }: Walk): string[] {
  const seen = new Set<string>()
  const note = ([snapshot]: [AnyMachineSnapshot, ...unknown[]]) => {
    for (const node of leaves(snapshot._nodes)) seen.add(node.path.join('.'))
  }
  for (const input of inputs) {
    getInitialMicrosteps(machine, input as never).forEach(note)
    const map = getAdjacencyMap(machine, { input: input as never, events: events as never[], serializeState })
    for (const { state } of Object.values(map))
      for (const event of events) getMicrosteps(machine, state as never, event as never).forEach(note)
  }
  return [...seen].sort()
}

const serializeState = ({ value, context }: AnyMachineSnapshot) => JSON.stringify([value, context])

const leaves = (nodes: readonly AnyStateNode[]) =>
  nodes.filter(({ type }) => type === 'atomic' || type === 'final')

const inside = (node: AnyStateNode): AnyStateNode[] => [node, ...Object.values(node.states).flatMap(inside)]

describe('every state can be reached, and nothing else', () => {
  for (const [chart, walk] of Object.entries(walks))
    test(chart, () => {
      expect(reached(walk)).toEqual([...walk.states].sort())
      const written = leaves(inside(walk.machine.root)).map(({ path }) => path.join('.'))
      expect(written.sort()).toEqual([...walk.states].sort())
    })
})
