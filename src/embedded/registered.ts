import { z } from 'zod'
import type { ComponentModel } from '../machines/component/component.ts'
import { TroupeError } from '../protocol/errors.ts'
import { type Extensions, extensionsOf } from '../runtime/components/extensions.ts'
import { type Permissions, permit } from '../runtime/components/permissions.ts'
import { type AnyType, Registry } from '../runtime/components/registry.ts'
import { remake } from '../runtime/components/remake.ts'
import { Team } from '../runtime/team/team.ts'
import type { Tool } from '../runtime/tools/tool.ts'
import type { TeamSource, TeamSources } from './typing.ts'

/** Components of a program: what `define…` gives, or things and functions that make them, by name. */
export type Definitions = Readonly<Record<string, unknown>> | readonly AnyType[]

/** What a program gives for its runs to be made of. */
export interface Registered {
  teams?: TeamSources
  tools?: readonly Tool[]
  agents?: Definitions
  conditions?: Definitions
  models?: Definitions
  memories?: Definitions
  /** What components may do on this machine; nothing unless told. Teams in code may do what their code does. */
  permissions?: Partial<Permissions>
}

/** The registry of a program: its teams by name, its tools and components. Throws what is wrong with them. */
export function registryOf({ teams = {}, tools = [], permissions, ...given }: Registered): Registry {
  const types = [given.agents, given.conditions, given.models, given.memories].flatMap(typesOf)
  const registry = permit(new Registry(), {
    ...{ mcpCommands: [], codeExecution: false },
    ...permissions,
    tools: [...tools, ...(permissions?.tools ?? [])],
    types: [...types, ...(permissions?.types ?? [])]
  })
  for (const [name, source] of Object.entries(teams)) registry.register(teamType(registry, name, source))
  return registry
}

function typesOf(given: Definitions | undefined): Extensions['types'] {
  if (!given) return []
  const named = Array.isArray(given) ? Object.fromEntries(given.map((one, i) => [String(i), one])) : given
  return extensionsOf(named as Record<string, unknown>, 'openTroupe').types
}

/** The component type under whose provider, the team's name, a run finds its team. */
function teamType(registry: Registry, name: string, source: TeamSource): AnyType {
  if (registry.find(name))
    throw new Error(`The name "${name}" is taken by a component: give the team another one.`)
  const make = makerOf(registry, name, source)
  // What is wrong with a team is said at once, and not when the first run begins.
  let first: Team | undefined = make()
  return {
    provider: name,
    kind: 'team',
    version: 1,
    description: first.description,
    config: () => z.looseObject({}),
    create() {
      const team = first ?? make()
      first = undefined
      return team
    }
  }
}

function makerOf(registry: Registry, name: string, source: TeamSource): () => Team {
  if (source instanceof Team) return () => remake(source, name)
  if (typeof source === 'function') return () => fresh(name, source())
  if (typeof source === 'object' && source !== null)
    return () => registry.load<Team>(source as ComponentModel, 'team')
  throw new TroupeError(
    'bad_component',
    `teams.${name}: a team, a function that makes one, or a component is wanted.`
  )
}

const used = new WeakSet<object>()

/** A team that a function has made. Throws where it is one that it has given before. */
function fresh(name: string, team: unknown): Team {
  if (!(team instanceof Team))
    throw new TroupeError('bad_component', `teams.${name}: the function gives no team.`)
  if (used.has(team)) return remake(team, name)
  used.add(team)
  return team
}
