import { fromCallback } from 'xstate'
import {
  type GroupChatContext,
  type GroupChatEvent,
  groupChatMachine,
  inputOf
} from '../machines/group-chat.ts'
import type { SelectSpeakerEvent } from '../machines/message.ts'
import { failureOf } from '../machines/outcome.ts'
import { participantMachine } from '../machines/participant.ts'
import { runMachine } from '../machines/run.ts'
import { complete } from './complete.ts'
import { type System, stageOf } from './stage.ts'
import { turn } from './turn.ts'

/** Rings after a while. */
const alarm = fromCallback<any, { after: number }>(({ input, sendBack, system }) => {
  const { clock } = stageOf(system)
  const timer = clock.setTimeout(() => sendBack({ type: 'rang' }), input.after)
  return () => clock.clearTimeout(timer)
})

/** Has the stage opened, and says so. */
const open = fromCallback<any, undefined>(({ sendBack, system }) => {
  const stage = stageOf(system)
  const opened = () => sendBack({ type: 'opened', now: stage.clock.now() })
  const refused = (error: unknown) => sendBack({ type: 'refused', failure: failureOf(error) })
  stage.open().then(opened, refused)
})

type Scene = { context: GroupChatContext; event: GroupChatEvent; system: System }

function share({ context: { path }, event, system }: Scene): void {
  const stage = stageOf(system)
  if (event.type === 'said') return stage.share(path, event.name, event.messages, event.heard)
  const { task, showTask } = inputOf(event)
  if (showTask) for (const message of task!) stage.watcher.message(message)
  stage.share(path, null, task!, task!)
}

function announce({ context: { path, speakers }, system }: Scene): void {
  const stage = stageOf(system)
  const { manager, emitTeamEvents } = stage.team(path)
  if (!emitTeamEvents) return
  const event = { type: 'SelectSpeakerEvent' as const, source: manager, content: [...speakers] }
  stage.watcher.message(complete<SelectSpeakerEvent>(event, stage.clock))
}

const participant = participantMachine.provide({ actors: { turn } })
const groupChat = groupChatMachine.provide({ actors: { participant }, actions: { share, announce } })

/** The charts with everything they need of the world. They are built once: their stage is found by the actor. */
export const charts = {
  run: runMachine.provide({ actors: { groupChat, open, alarm } }),
  groupChat,
  participant
}
