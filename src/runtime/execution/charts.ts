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

/** Rings after a while. */
// biome-ignore lint/suspicious/noExplicitAny: it hears nothing
const alarm = fromCallback<any, { after: number }>(({ input, sendBack, system }) => {
  const { clock } = runContextOf(system)
  const timer = clock.setTimeout(() => sendBack({ type: 'rang' }), input.after)
  return () => clock.clearTimeout(timer)
})

/** Has the stage opened, and says so. */
// biome-ignore lint/suspicious/noExplicitAny: it hears nothing
const open = fromCallback<any, undefined>(({ sendBack, system }) => {
  const stage = runContextOf(system)
  const opened = () => sendBack({ type: 'opened' })
  const refused = (error: unknown) => sendBack({ type: 'refused', failure: failureOf(error) })
  stage.open().then(opened, refused)
})

type Scene = { context: GroupChatContext; event: GroupChatEvent; system: System }

function share({ context: { path }, event, system }: Scene): void {
  const stage = runContextOf(system)
  if (event.type === 'said') return stage.deliver(path, event.name, event.messages, event.heard)
  if (event.type === 'chosen') return stage.deliver(path, null, event.messages ?? [], event.messages ?? [])
  const { task, showTask } = inputOf(event)
  if (showTask) for (const message of task!) stage.publish(path, message)
  stage.deliver(path, null, task!, task!)
}

function announce({ context: { path, speakers, settled }, event, system }: Scene): void {
  // A team that was saved in the middle of a turn chooses nobody now, nor does one that has to ask somebody.
  if (speakers.length === 0 || (settled === null && event.type !== 'chosen')) return
  const stage = runContextOf(system)
  const { manager, emitTeamEvents } = stage.team(path)
  if (!emitTeamEvents) return
  const chosen = { type: 'SelectSpeakerEvent' as const, source: manager, content: [...speakers] }
  stage.publish(
    path,
    createMessage<SelectSpeakerEvent>(chosen, stage, () => stage.id(path))
  )
}

function keep({ context, event, system }: Scene): void {
  const stage = runContextOf(system)
  const { path, speakers, settled } = context
  stage.team(path).progress = progressOf(context)
  // Where the next speakers are chosen already, the turn is over too.
  if (event.type === 'said') stage.speakerEnded(path, event.name, settled !== null || speakers.length === 0)
  else if (event.type !== 'chosen') stage.speakerEnded(path, null, true)
}

/** The charts as they are written down, before they are given anything of the world. */
export const machines = {
  run: runMachine,
  groupChat: groupChatMachine,
  participant: participantMachine,
  selectorChoice: selectorChoiceMachine,
  magenticChoice: magenticChoiceMachine
}

/** Gives charts everything that they need of the world. */
export function chartsOf({ run, groupChat, participant, selectorChoice, magenticChoice }: typeof machines) {
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

/** The charts of every run. They are built once: their stage is found by the actor. */
export const charts = chartsOf(machines)
