import { type Part, team, until } from '../support/some-teams.ts'
import { Casting, type Place, type Role } from './casting.ts'
import type { Dice } from './dice.ts'

/** A team, and whether what it says comes in the same order each time. */
export interface Cast {
  kind: string
  team: Part
  ordered: boolean
}

const speakers: readonly Role[] = ['talker', 'streamer', 'tooler', 'thinker']
const anybody: readonly Role[] = [...speakers, 'tooler', 'person']

type Maker = (dice: Dice, casting: Casting) => Omit<Cast, 'kind'>

/** Each kind of team, and how one is made. */
const kinds: Record<string, Maker> = {
  roundRobin: (dice, casting) => ordered(roundRobin(some(dice, casting, 2, 4), dice.int(4, 12))),
  asking: (dice, casting) => {
    const participants = casting.agents(dice.shuffle(['person', dice.pick(speakers), dice.pick(speakers)]))
    return ordered(roundRobin(participants, dice.int(4, 9)))
  },
  nested(dice, casting) {
    const inner = { ...roundRobin(some(dice, casting, 1, 2), dice.int(2, 4)) }
    const named = { ...inner, config: { ...inner.config, name: 'inner', description: 'Another team.' } }
    return ordered(roundRobin(dice.shuffle([named, ...some(dice, casting, 1, 2)]), dice.int(5, 12)))
  },
  society(dice, casting) {
    const team = roundRobin(some(dice, casting, 1, 2), dice.int(2, 4))
    const model_client = casting.model(Array.from({ length: 12 }, (_, i) => `All in all: ${i}`))
    const mind = {
      provider: 'autogen_agentchat.agents.SocietyOfMindAgent',
      config: { name: 'society', team, model_client }
    }
    return ordered(roundRobin(dice.shuffle([mind, ...some(dice, casting, 1, 1)]), dice.int(4, 6)))
  },
  graph(dice, casting) {
    const branches = Array.from({ length: dice.int(2, 3) }, () => some(dice, casting, 1, 2, speakersAtOnce))
    const [first, last] = casting.agents(['talker', 'talker'])
    return { team: graph(first!, branches, last!), ordered: false }
  },
  selector(dice, casting) {
    const participants = casting.agents([dice.pick(speakers), dice.pick(speakers), dice.pick(speakers)])
    const names = participants.map(nameOf)
    const choices = Array.from({ length: 12 }, (_, i) => names[i % 3]!)
    const model_client = casting.model(choices)
    return ordered(team('SelectorGroupChat', { participants, model_client, ...until(dice.int(4, 8)) }))
  },
  swarm(dice, casting) {
    const [one, other] = [casting.agent('talker'), casting.agent('talker')]
    const participants = [hands(one, nameOf(other)), hands(other, nameOf(one))]
    return ordered(team('Swarm', { participants, ...until(dice.int(4, 9)) }))
  }
}

// A model that says what it was told would say something else whenever another branch is faster.
const speakersAtOnce: readonly Role[] = ['talker', 'streamer', 'tooler', 'person']

/** A random team. */
export function castTeam(dice: Dice, place: Place): Cast {
  const kind = dice.pick(Object.keys(kinds))
  return { kind, ...kinds[kind]!(dice, new Casting(dice, place)) }
}

const ordered = (team: Part) => ({ team, ordered: true })

const some = (dice: Dice, casting: Casting, least: number, most: number, of = anybody) =>
  casting.agents(Array.from({ length: dice.int(least, most) }, () => dice.pick(of)))

const nameOf = ({ config }: Part) => String(config.name)

const roundRobin = (participants: readonly Part[], messages: number) =>
  team('RoundRobinGroupChat', { participants, ...until(messages) })

/** An agent that hands on to another one each time. */
function hands(agent: Part, target: string): Part {
  const name = nameOf(agent)
  const chat_completions = Array.from({ length: 8 }, (_, i) => ({
    finish_reason: 'function_calls',
    content: [{ id: `${name}-${i}`, name: `transfer_to_${target}`.toLowerCase(), arguments: '{}' }],
    usage: { prompt_tokens: 1, completion_tokens: 1 },
    cached: false
  }))
  const model_client = { ...(agent.config.model_client as Part) }
  const config = { ...model_client.config, chat_completions }
  return {
    ...agent,
    config: { ...agent.config, handoffs: [target], model_client: { ...model_client, config } }
  }
}

/** One begins, branches go on side by side, and another one ends when all have. */
function graph(first: Part, branches: readonly Part[][], last: Part): Part {
  const node = (agent: Part, ...targets: Part[]) => [
    nameOf(agent),
    { name: nameOf(agent), edges: targets.map((target) => ({ target: nameOf(target) })) }
  ]
  const nodes = Object.fromEntries([
    node(first, ...branches.map(([head]) => head!)),
    ...branches.flatMap((branch) => branch.map((agent, i) => node(agent, branch[i + 1] ?? last))),
    node(last)
  ])
  return team('GraphFlow', { participants: [first, ...branches.flat(), last], graph: { nodes } })
}
