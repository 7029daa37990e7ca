import { fromCallback } from 'xstate'
import { tabulate } from '../../machines/fast-transition/transition-table.ts'
import {
  type GroupChatContext,
  type GroupChatEvent,
  groupChatMachine,
  inputOf,
  progressOf
} from '../../machines/group-chat.ts'
import type { SelectSpeakerEvent } from '../../machines/messages/index.ts'
import { participantMachine } from '../../machines/participant.ts'
import { runMachine } from '../../machines/run.ts'
import { failureOf } from '../../machines/shared/outcome.ts'
import { magenticChoiceMachine } from '../../machines/teams/magentic-choice.ts'
import { selectorChoiceMachine } from '../../machines/teams/selector-choice.ts'
import { createMessage } from '../shared/create-message.ts'
import { runContextOf, type System } from './run-context.ts'
import { choose, turn } from './turn-actors.ts'

/** Sends `rang` after some milliseconds. */
// biome-ignore lint/suspicious/noExplicitAny: it receives no events
const alarm = fromCallback<any, { after: number }>(({ input, sendBack, system }) => {
  const { clock } = runContextOf(system)
  const timer = clock.setTimeout(() => sendBack({ type: 'rang' }), input.after)
  return () => clock.clearTimeout(timer)
})

/** Opens the run: loads its team and commits its start; sends `opened` or `refused`. */
// biome-ignore lint/suspicious/noExplicitAny: it receives no events
const open = fromCallback<any, undefined>(({ sendBack, system }) => {
  const opened = () => sendBack({ type: 'opened' })
  const refused = (error: unknown) => sendBack({ type: 'refused', failure: failureOf(error) })
  runContextOf(system).open().then(opened, refused)
})

type ManagerStep = { context: GroupChatContext; event: GroupChatEvent; system: System }

/** Delivers messages to the thread and to the participants who are to answer them. */
function share({ context: { path }, event, system }: ManagerStep): void {
  const run = runContextOf(system)
  if (event.type === 'said') return run.deliver(path, event.name, event.messages, event.heard)
  if (event.type === 'chosen') return run.deliver(path, null, event.messages ?? [], event.messages ?? [])
  const { task, showTask } = inputOf(event)
  if (showTask) for (const message of task!) run.publish(path, message)
  run.deliver(path, null, task!, task!)
}

/** Publishes who was chosen to speak, in teams that emit their events. */
function announce({ context: { path, speakers, settled }, event, system }: ManagerStep): void {
  // A team that was saved in the middle of a turn makes no choice now, nor does one whose choice takes effects.
  if (speakers.length === 0 || (settled === null && event.type !== 'chosen')) return
  const run = runContextOf(system)
  const { manager, emitTeamEvents } = run.team(path)
  if (!emitTeamEvents) return
  const chosen = { type: 'SelectSpeakerEvent' as const, source: manager, content: [...speakers] }
  run.publish(
    path,
    createMessage<SelectSpeakerEvent>(chosen, run, () => run.id(path))
  )
}

/** Notes the team's progress, and which speakers and turns have ended. */
function keep({ context, event, system }: ManagerStep): void {
  const run = runContextOf(system)
  const { path, speakers, settled } = context
  run.team(path).progress = progressOf(context)
  // Where the next speakers are chosen already, the turn is over too.
  if (event.type === 'said') run.speakerEnded(path, event.name, settled !== null || speakers.length === 0)
  else if (event.type !== 'chosen') run.speakerEnded(path, null, true)
}

/** The charts as they are written, without actors and actions of the runtime. */
export const machines = {
  run: runMachine,
  groupChat: groupChatMachine,
  participant: participantMachine,
  selectorChoice: selectorChoiceMachine,
  magenticChoice: magenticChoiceMachine
}

/** Provides charts with the actors and actions of the runtime. */
export function provideCharts({
  run,
  groupChat,
  participant,
  selectorChoice,
  magenticChoice
}: typeof machines) {
  const member = tabulate(participant.provide({ actors: { turn } }))
  const manager = tabulate(
    groupChat.provide({
      actors: {
        participant: member,
        selectorChoice: tabulate(selectorChoice.provide({ actors: { choose } })),
        magenticChoice: tabulate(magenticChoice.provide({ actors: { choose } }))
      },
      actions: { share, announce, keep }
    })
  )
  // A team has participants, and a participant may be a team: one of both has to learn of the other afterwards.
  Object.assign(member.implementations.actors, { groupChat: manager })
  return { run: tabulate(run.provide({ actors: { groupChat: manager, open, alarm } })) }
}

/** The charts of every run. They are built once: actors find their run by their system. */
export const charts = provideCharts(machines)
