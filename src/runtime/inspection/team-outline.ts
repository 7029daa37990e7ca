import type { ComponentModel } from '../../machines/component/component.ts'

/** Who a team is made of, as those who watch are shown it: names and roles, no config. */
export interface TeamOutline {
  name: string
  /** The last part of the provider: `AssistantAgent`. */
  kind: string
  description: string
  members: TeamOutline[]
  /** Who may speak after whom, in teams that are graphs. */
  edges?: { from: string; to: string; condition: string | null }[]
}

type Fields = Record<string, unknown>

const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {}
const textOf = (...values: unknown[]): string =>
  String(values.find((value) => typeof value === 'string' && value !== '') ?? '')
const kindOf = (provider: string): string => provider.slice(provider.lastIndexOf('.') + 1)

/** Tells who a component is made of. What does not look like a component has no members. */
export function outlineTeam(component: Pick<ComponentModel, 'provider'> & Fields): TeamOutline {
  const config = fieldsOf(component.config)
  const inside = Array.isArray(config.participants) ? config.participants : config.team ? [config.team] : []
  const kind = kindOf(String(component.provider ?? ''))
  const edges = edgesOf(config.graph)
  return {
    // A team goes by its label: few have a name.
    name:
      inside.length > 0
        ? textOf(component.label, config.name, kind)
        : textOf(config.name, component.label, kind),
    kind,
    description: textOf(config.description, component.description),
    members: inside.map((member) => {
      const shown = outlineTeam(fieldsOf(member) as Parameters<typeof outlineTeam>[0])
      return { ...shown, name: textOf(fieldsOf(fieldsOf(member).config).name, shown.name) }
    }),
    ...(edges.length > 0 && { edges })
  }
}

function edgesOf(graph: unknown): NonNullable<TeamOutline['edges']> {
  return Object.entries(fieldsOf(fieldsOf(graph).nodes)).flatMap(([from, node]) => {
    const { edges } = fieldsOf(node)
    const all = Array.isArray(edges) ? edges.map(fieldsOf) : []
    return all.map(({ target, condition }) => ({
      from,
      to: String(target),
      condition: typeof condition === 'string' ? condition : null
    }))
  })
}
