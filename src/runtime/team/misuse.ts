import { type ComponentType, originOf } from '../../machines/component/component.ts'
import type { TerminationCondition } from '../../machines/conditions/index.ts'
import { nearestName } from '../../machines/shared/option-names.ts'
import { TroupeError } from '../../protocol/errors.ts'
import type { Agent } from '../contract/agent.ts'

interface Definition {
  name: string
  participants: readonly Agent[]
  condition: TerminationCondition | null
  hasMaxTurns: boolean
  /** Whether teams of this type come to an end by themselves. */
  endsItself: boolean
}

/** What is wrong with a team that could run all the same, in the order of the warnings. */
export function misusesOf(team: Definition): TroupeError[] {
  const { name, condition, hasMaxTurns, endsItself } = team
  const endless = !condition && !hasMaxTurns && !endsItself ? [new TroupeError('no_end', name)] : []
  return [...strayHandoffs(team), ...endless]
}

/** Handoffs to those who neither take part nor end the run. */
function strayHandoffs({ participants, condition }: Definition): TroupeError[] {
  const names = participants.map(({ name }) => name)
  const outside = condition ? handoffsAwaited(condition) : []
  if (outside === null) return []
  const known = [...names, ...outside]
  return participants.flatMap(({ name, handoffTargets = [] }) =>
    handoffTargets
      .filter((target) => !known.includes(target))
      .map((target) => new TroupeError('unknown_handoff', name, target, hint(target, known)))
  )
}

function hint(target: string, known: readonly string[]): string {
  const near = nearestName(target, known)
  return near === undefined
    ? `There are: ${known.join(', ')}. One from outside needs a condition: \`until: handoffTo('${target}')\`.`
    : `Did you mean "${near}"?`
}

/** To whom a handoff ends the run; null where a condition holds code, of which that is not known. */
function handoffsAwaited(condition: TerminationCondition): string[] | null {
  const origin = originOf(condition)
  if (!origin?.type.provider.startsWith('autogen_')) return null
  const { provider } = origin.type as ComponentType<unknown, never>
  const { target, conditions } = origin.config as { target?: string; conditions?: TerminationCondition[] }
  if (provider.endsWith('.HandoffTermination')) return [target!]
  const inside = (conditions ?? []).map(handoffsAwaited)
  return inside.includes(null) ? null : inside.flatMap((names) => names!)
}
