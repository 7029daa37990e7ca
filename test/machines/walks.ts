import type { AnyStateMachine } from 'xstate'
import type { TeamDefinition } from '../../src/machines/group-chat.ts'
import type { Selector } from '../../src/machines/teams/selector.ts'
import { machines } from '../../src/runtime/execution/charts.ts'

/** Something that may happen to a machine. */
export type Event = { type: string } & Record<string, unknown>

/** A machine, with all that may happen to it. */
export interface Walk {
  machine: AnyStateMachine
  inputs: unknown[]
  events: Event[]
  /** Every state, written down by hand. */
  states: string[]
}

const nothing = () => {}
const events = (...types: string[]): Event[] => types.map((type) => ({ type }))
const failure = { message: 'No credit.' }

const progress = { turn: 0, selector: 0, condition: null, speakers: [] }
const done = (outcome: object) => ({ type: 'xstate.done.actor.team', output: { outcome, progress } })

const run: Walk = {
  machine: machines.run,
  inputs: [{ grace: 50, team: () => chatInput(speaks) }],
  events: [
    ...events('start', 'opened', 'waiting', 'going', 'pause', 'resume', 'cancel', 'rang'),
    { type: 'refused', failure },
    done({ stop: 'Done.' }),
    done({ failure })
  ],
  states: [
    'created',
    'starting',
    'running.active',
    'running.awaitingInput',
    'running.paused',
    'cancelling',
    'completed',
    'cancelled',
    'failed'
  ]
}

const speaks: Selector<number> = { begin: () => 0, next: (state) => ({ state, speakers: ['ann'] }) }
const asks: Selector<number> = {
  choice: 'selectorChoice',
  begin: () => 0,
  next: (state) => ({ state, ask: true })
}

function chatInput(selector: Selector<number>) {
  const participants = [{ name: 'ann', opening: 'askModel' as const }]
  const team: TeamDefinition = { names: ['ann'], participants, selector, condition: null, maxTurns: 2 }
  return { path: 'team', team: () => team, progress, task: null, showTask: false, now: 0 }
}

const groupChat: Walk = {
  machine: machines.groupChat,
  inputs: [chatInput(speaks), chatInput(asks)],
  events: [
    ...events('pause', 'resume', 'cancel'),
    { type: 'said', name: 'ann', messages: [], heard: [], at: 0 },
    { type: 'cancelled', name: 'ann' },
    { type: 'failed', name: 'ann', failure },
    { type: 'chosen', state: 0, speakers: ['ann'], at: 0 }
  ],
  states: [
    'starting',
    'judging',
    'selecting.running',
    'selecting.paused',
    'speaking',
    'paused',
    'cancelling',
    'stopped'
  ]
}

const participant: Walk = {
  machine: machines.participant.provide({
    actions: {
      tell: nothing,
      tellAsked: nothing,
      tellAnswered: nothing,
      tellFailed: nothing,
      tellCancelled: nothing
    }
  }),
  inputs: [{ name: 'ann', path: 'team/ann', opening: 'work' }],
  events: [
    ...events('speak', 'pause', 'resume', 'cancel'),
    { type: 'said', messages: [], heard: [], at: 0 },
    { type: 'lead', input: chatInput(speaks) },
    done({ stop: 'Done.' }),
    ...['recall', 'askModel', 'runTools', 'reflect', 'askPerson', 'askApproval', 'work', 'lead'].map(
      (step) => ({
        type: 'wants',
        step
      })
    )
  ],
  states: [
    'listening',
    'paused',
    'responding.proceeding',
    'responding.recalling',
    'responding.askingModel',
    'responding.runningTools',
    'responding.reflecting',
    'responding.working',
    'responding.leadingTeam.opening',
    'responding.leadingTeam.running',
    'responding.leadingTeam.paused',
    'responding.awaitingInput',
    'responding.awaitingApproval',
    'responding.pausing',
    'responding.paused',
    'responding.cancelling'
  ]
}

const choice = (machine: AnyStateMachine, steps: string[], states: string[]): Walk => ({
  machine: machine.provide({ actions: { tell: nothing } }),
  inputs: [{ path: 'team' }],
  events: [...events('begin', 'pause', 'resume'), ...steps.map((step) => ({ type: 'wants', step }))],
  states: ['beginning', 'proceeding', ...states, 'pausing', 'paused']
})

/** All charts, by their names. */
export const walks: Record<string, Walk> = {
  run,
  groupChat,
  participant,
  selectorChoice: choice(machines.selectorChoice, ['ask', 'askAgain'], ['asking', 'askingAgain']),
  magenticChoice: choice(
    machines.magenticChoice,
    ['gatherFacts', 'plan', 'updateLedger', 'refreshFacts', 'answer'],
    ['gatheringFacts', 'planning', 'updatingLedger', 'stalled', 'answering']
  )
}
