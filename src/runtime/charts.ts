import { fromCallback } from 'xstate'
import {
  type GroupChatContext,
  type GroupChatEvent,
  groupChatMachine,
  inputOf,
  progressOf
} from '../machines/group-chat.ts'
import type { SelectSpeakerEvent } from '../machines/message.ts'
import { failureOf } from '../machines/outcome.ts'
import { participantMachine } from '../machines/participant.ts'
import { runMachine } from '../machines/run.ts'
import { magenticChoiceMachine } from '../machines/teams/magentic-choice.ts'
import { selectorChoiceMachine } from '../machines/teams/selector-choice.ts'
import { complete } from './complete.ts'
import { type System, stageOf } from './stage.ts'
import { choose, turn } from './turn.ts'

/** Rings after a while. */
// biome-ignore lint/suspicious/noExplicitAny: it hears nothing
const alarm = fromCallback<any, { after: number }>(({ input, sendBack, system }) => {
  const { clock } = stageOf(system)
  const timer = clock.setTimeout(() => sendBack({ type: 'rang' }), input.after)
  return () => clock.clearTimeout(timer)
})

/** Has the stage opened, and says so. */
// biome-ignore lint/suspicious/noExplicitAny: it hears nothing
const open = fromCallback<any, undefined>(({ sendBack, system }) => {
  const stage = stageOf(system)
  const opened = () => sendBack({ type: 'opened' })
  const refused = (error: unknown) => sendBack({ type: 'refused', failure: failureOf(error) })
  stage.open().then(opened, refused)
})

type Scene = { context: GroupChatContext; event: GroupChatEvent; system: System }

function share({ context: { path }, event, system }: Scene): void {
  const stage = stageOf(system)
  if (event.type === 'said') return stage.share(path, event.name, event.messages, event.heard)
  if (event.type === 'chosen') return stage.share(path, null, event.messages ?? [], event.messages ?? [])
  const { task, showTask } = inputOf(event)
  if (showTask) for (const message of task!) stage.show(path, message)
  stage.share(path, null, task!, task!)
}

function announce({ context: { path, speakers }, system }: Scene): void {
  const stage = stageOf(system)
  const { manager, emitTeamEvents } = stage.team(path)
  if (!emitTeamEvents) return
  const event = { type: 'SelectSpeakerEvent' as const, source: manager, content: [...speakers] }
  stage.show(
    path,
    complete<SelectSpeakerEvent>(event, stage, () => stage.id(path))
  )
}

function keep({ context, system }: Scene): void {
  stageOf(system).team(context.path).progress = progressOf(context)
}

const participant = participantMachine.provide({ actors: { turn } })
const groupChat = groupChatMachine.provide({
  actors: {
    participant,
    selectorChoice: selectorChoiceMachine.provide({ actors: { choose } }),
    magenticChoice: magenticChoiceMachine.provide({ actors: { choose } })
  },
  actions: { share, announce, keep }
})
// A team has participants, and a participant may be a team: one of both has to learn of the other afterwards.
Object.assign(participant.implementations.actors, { groupChat })

/** The charts with everything they need of the world. They are built once: their stage is found by the actor. */
export const charts = { run: runMachine.provide({ actors: { groupChat, open, alarm } }) }
