import type { ComponentModel } from '../../machines/component/component.ts'
import { critic, helper, user } from './agents.ts'
import { demoTeam } from './demo-team.ts'
import { openai } from './models.ts'
import { assistant, person, prepared, team } from './parts.ts'
import { afterMessages, either, whenSaid } from './terminations.ts'

/** Prepared drafts for a person to judge. */
const withPerson = team(
  'autogen_agentchat.teams.RoundRobinGroupChat',
  {
    label: 'Draft and approve',
    description: 'A writer drafts, you judge; say APPROVE to end. Needs no key.',
    example_tasks: ['Write one line about a bridge and a river.']
  },
  {
    participants: [
      assistant(
        'writer',
        { label: 'Writer', description: 'Writes drafts.' },
        prepared([
          'Draft one: the river forgets the rain, the bridge does not.',
          'Draft two: the bridge remembers every rain that the river forgets.',
          'Draft three: rivers forget; bridges count the rain.'
        ]),
        'You write one line and improve it as you are told.'
      ),
      person('you', { label: 'You', description: 'A person who judges the drafts.' })
    ],
    termination_condition: either(whenSaid('APPROVE'), afterMessages(10)),
    emit_team_events: false
  }
)

const step = (name: string, ...targets: string[]) => ({
  name,
  activation: 'all',
  edges: targets.map((target) => ({
    target,
    condition: null,
    activation_group: target,
    activation_condition: 'all'
  }))
})

const worker = (name: string, description: string, answer: string): ComponentModel =>
  assistant(name, { label: name, description }, prepared([answer]), `${description} Be brief.`)

/** Two work side by side, a third puts it together. */
const graph = team(
  'autogen_agentchat.teams.GraphFlow',
  {
    label: 'Fan out and join',
    description: 'A plan, two who work at once, one who joins. Needs no key.',
    example_tasks: ['Is it worth it to move the archive to the cloud?']
  },
  {
    participants: [
      worker('planner', 'Splits the work.', 'One of you looks at the cost, the other at the risk.'),
      worker('cost', 'Looks at the cost.', 'It costs two weeks of one person.'),
      worker('risk', 'Looks at the risk.', 'The risk is small: it can be switched off at any time.'),
      worker(
        'editor',
        'Puts the answers together.',
        'Two weeks for one person, and it can be undone: worth a try.'
      )
    ],
    graph: {
      nodes: {
        planner: step('planner', 'cost', 'risk'),
        cost: step('cost', 'editor'),
        risk: step('risk', 'editor'),
        editor: step('editor')
      },
      default_start_node: null
    }
  }
)

const selector = team(
  'autogen_agentchat.teams.SelectorGroupChat',
  {
    label: 'A model chooses',
    description: 'A model says who speaks next: helper, critic or you. Needs a key.',
    example_tasks: ['Plan a walk of three hours along a coast, and say what could go wrong.']
  },
  {
    participants: [helper, critic, user],
    model_client: openai,
    termination_condition: either(whenSaid('DONE'), afterMessages(20)),
    allow_repeated_speaker: false,
    emit_team_events: false
  }
)

/** The teams of the default gallery; the first is what new users and "New Team" get, and runs without a key. */
export const teams: readonly ComponentModel[] = [demoTeam, withPerson, graph, selector]
