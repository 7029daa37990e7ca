import type { AnyStateMachine, AnyStateNode } from 'xstate'
import { groupChatMachine } from '../../machines/group-chat.ts'
import { participantMachine } from '../../machines/participant.ts'
import { runMachine } from '../../machines/run.ts'
import { magenticChoiceMachine } from '../../machines/teams/magentic-choice.ts'
import { selectorChoiceMachine } from '../../machines/teams/selector-choice.ts'

/** The charts of this version. */
export const drawnCharts = (): AnyStateMachine[] => [
  runMachine,
  groupChatMachine,
  participantMachine,
  selectorChoiceMachine,
  magenticChoiceMachine
]

/** A chart's config as plain JSON: `createMachine()` takes it back. What is code (context, input) is left out. */
export const chartJson = (machine: AnyStateMachine): unknown => JSON.parse(JSON.stringify(machine.config))

/** A chart as a Mermaid `stateDiagram-v2`. */
export function mermaid(machine: AnyStateMachine): string {
  const lines = ['stateDiagram-v2', ...states(machine.root, '  '), ...edges(machine.root, '  ')]
  return `---\ntitle: ${machine.id}\n---\n${lines.join('\n')}\n`
}

const nameOf = (node: AnyStateNode) => node.path.join('_')
const children = (node: AnyStateNode) => Object.values(node.states)

function states(node: AnyStateNode, indent: string): string[] {
  return [
    ...(node.initial ? [`${indent}[*] --> ${nameOf(node.initial.target[0]!)}`] : []),
    ...children(node).flatMap((child) => {
      const label = `${indent}state "${child.key}" as ${nameOf(child)}`
      if (child.type === 'final') return [label, `${indent}${nameOf(child)} --> [*]`]
      if (children(child).length === 0) return [label]
      return [`${label} {`, ...states(child, `${indent}  `), `${indent}}`]
    })
  ]
}

function edges(node: AnyStateNode, indent: string): string[] {
  const own = [...node.transitions.values(), node.always ?? []]
    .flat()
    .flatMap(({ target, eventType, guard }) => {
      const condition = guard === undefined ? '' : ` [${guardName(guard)}]`
      const event = eventType === '' ? 'always' : eventType
      // A transition of the whole chart leads from each of its states.
      const from = node.parent ? [node] : children(node).filter(({ type }) => type !== 'final')
      return (target ?? []).flatMap((to) =>
        from.map((one) => `${indent}${nameOf(one)} --> ${nameOf(to)} : ${event}${condition}`)
      )
    })
  return [...own, ...children(node).flatMap((child) => edges(child, indent))]
}

function guardName(guard: unknown): string {
  if (typeof guard === 'string') return guard
  const { type, params } = guard as { type?: string; params?: unknown }
  return params === undefined ? String(type) : `${type} ${params}`
}
