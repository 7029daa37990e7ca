import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type AnyStateMachine, type AnyStateNode, createMachine } from 'xstate'
import { chartsCommand } from '../src/cli/charts.ts'
import { drawnCharts } from '../src/runtime/inspection/chart-export.ts'

/** Runs `troupe charts` and gives what it wrote. */
async function written(...args: string[]): Promise<string> {
  let out = ''
  const write = (text: string) => {
    out += text
  }
  expect(await chartsCommand(args, { stdout: write, stderr: write } as never)).toBe(0)
  return out
}

const inside = (node: AnyStateNode): AnyStateNode[] => [node, ...Object.values(node.states).flatMap(inside)]

/** Each state, and where each of its transitions leads under which guard. */
const shapeOf = (machine: AnyStateMachine) =>
  inside(machine.root).map((node) => ({
    id: node.id,
    type: node.type,
    initial: node.initial?.target.map(({ id }) => id),
    transitions: edgesOf(node).map(({ eventType, guard, target, actions }) => {
      const targets = target?.map(({ id }: AnyStateNode) => id)
      return { eventType, guard, targets, actions: actions.map(nameOf) }
    })
  }))

const edgesOf = (node: AnyStateNode) => [...node.transitions.values(), node.always ?? []].flat()
const nameOf = (action: unknown) => (typeof action === 'string' ? action : 'code')

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'troupe-charts-'))
})
afterAll(() => rm(folder, { recursive: true }))

describe('troupe charts', () => {
  test('writes JSON that createMachine() takes back, with the same states and transitions', async () => {
    const json = JSON.parse(await written())
    expect(Object.keys(json)).toEqual(drawnCharts().map(({ id }) => id))
    for (const chart of drawnCharts()) expect(shapeOf(createMachine(json[chart.id]))).toEqual(shapeOf(chart))
  })

  test('writes a file for each chart, in both formats', async () => {
    await written('--out', folder)
    await written('--format', 'mermaid', '--out', folder)
    const names = drawnCharts().flatMap(({ id }) => [`${id}.json`, `${id}.mmd`])
    expect((await readdir(folder)).sort()).toEqual(names.sort())
    for (const chart of drawnCharts()) {
      const config = JSON.parse(await readFile(join(folder, `${chart.id}.json`), 'utf8'))
      expect(shapeOf(createMachine(config))).toEqual(shapeOf(chart))
    }
  })

  for (const chart of drawnCharts())
    describe(`as Mermaid: ${chart.id}`, () => {
      const id = (node: AnyStateNode) => node.path.join('_')
      const nodes = inside(chart.root).slice(1)
      let lines: string[]
      beforeAll(async () => {
        await written('--format', 'mermaid', '--out', folder)
        lines = (await readFile(join(folder, `${chart.id}.mmd`), 'utf8')).split('\n')
      })

      test('is a titled state diagram in which each line is a state, a transition or a bracket', () => {
        expect(lines.slice(0, 4)).toEqual(['---', `title: ${chart.id}`, '---', 'stateDiagram-v2'])
        expect(lines.at(-1)).toBe('')
        const shapes = [
          /^ +state "\w+" as \w+( \{)?$/,
          /^ +\}$/,
          /^ +\[\*\] --> \w+$/,
          /^ +\w+ --> \[\*\]$/,
          /^ +\w+ --> \w+ : [\w.]+( \[[\w ]+\])?$/
        ]
        for (const line of lines.slice(4, -1))
          expect(
            shapes.some((shape) => shape.test(line)),
            line
          ).toBe(true)
        expect(lines.filter((line) => line.endsWith('{')).length).toBe(
          lines.filter((line) => /^ +\}$/.test(line)).length
        )
      })

      test('has every state, once', () => {
        const stated = lines.flatMap((line) => line.match(/ as (\w+)/)?.[1] ?? [])
        expect(stated.sort()).toEqual(nodes.map(id).sort())
      })

      test('has every initial state and every end', () => {
        const trimmed = lines.map((line) => line.trim())
        for (const node of inside(chart.root)) {
          if (Object.keys(node.states).length > 0)
            expect(trimmed).toContain(`[*] --> ${id(node.initial.target![0]!)}`)
          if (node.type === 'final') expect(trimmed).toContain(`${id(node)} --> [*]`)
        }
      })

      test('has every transition that leads somewhere, and no other', () => {
        const drawn = lines.flatMap((line) => line.match(/^ +(\w+ --> \w+ : [\w.]+)/)?.[1] ?? [])
        const led = inside(chart.root).flatMap((node) =>
          edgesOf(node).flatMap(({ eventType, target }) =>
            (target ?? []).flatMap((to: AnyStateNode) =>
              from(node).map((one) => `${id(one)} --> ${id(to)} : ${eventType || 'always'}`)
            )
          )
        )
        expect(drawn.sort()).toEqual(led.sort())
      })
    })
})

/** What happens in every state of a chart is drawn from each that is not an end. */
const from = (node: AnyStateNode) =>
  node.parent ? [node] : Object.values(node.states).filter(({ type }) => type !== 'final')
