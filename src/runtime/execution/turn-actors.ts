import { fromCallback } from 'xstate'
import { type ChatMessage, isChat, type TeamMessage } from '../../machines/messages/index.ts'
import { type Chosen, demandKnown } from '../../machines/teams/selector.ts'
import type { EffectCommand, EffectEvent } from './effect-inputs.ts'
import { EffectRunner } from './effect-runner.ts'
import { runContextOf } from './run-context.ts'

/** The `turn` actor of a participant: plays its agent's responses to what it has not answered yet, one at a time. */
export const turn = fromCallback<EffectCommand, { path: string }>(
  ({ input: { path }, sendBack, receive, system }) => {
    const stage = runContextOf(system)
    const seat = stage.participant(path)
    let script: EffectRunner<ChatMessage | readonly TeamMessage[]> | null = null

    /** The turn came to nothing. */
    function undo(): void {
      script = null
      if (seat.stateBefore) seat.agent.loadState(seat.stateBefore)
      delete seat.stateBefore
    }

    function begin(again: boolean): void {
      const heard = again ? [] : seat.unread.slice(0, seat.answering)
      seat.answering = heard.length
      script = new EffectRunner({
        ...{ stage, path, name: seat.agent.name, number: seat.turns, opening: seat.agent.opening },
        tell: (event: EffectEvent) => {
          if (event.type === 'said') script = null
          if (event.type === 'broke') undo()
          sendBack(event as never)
        },
        finish(reply, shown) {
          seat.unread.splice(0, heard.length)
          seat.turns++
          delete seat.stateBefore
          delete seat.answering
          const at = stage.now()
          // What a nested team has said was shown when it said it.
          if (Array.isArray(reply)) return { type: 'said', messages: reply, heard: reply.filter(isChat), at }
          const said = stage.publish(path, reply as ChatMessage)
          return { type: 'said', messages: [...shown, said], heard: [said], at }
        }
      })
      script.play(seat.agent.respond(heard, script))
    }

    receive((cue) => {
      if (!script && cue.type === 'proceed') begin(cue.again === true)
      // Who was asked to speak during a pause may be told to give up before it has begun.
      if (!script && cue.type === 'cancel')
        sendBack({ type: 'broke', failure: { message: 'cancelled' } } as never)
      script?.receive(cue)
    })
    return () => {
      script?.leave()
      undo()
    }
  }
)

/** The `choose` actor of a team whose choice of speaker takes asking: plays the team's own thoughts. */
export const choose = fromCallback<EffectCommand, { path: string }>(
  ({ input: { path }, sendBack, receive, system }) => {
    const stage = runContextOf(system)
    const team = stage.team(path)
    const script = new EffectRunner<Omit<Chosen, 'at'>>({
      ...{ stage, path, name: team.manager, number: team.choices++, opening: null },
      tell: sendBack as (event: EffectEvent) => void,
      finish(chosen: Omit<Chosen, 'at'>) {
        if (chosen.stop === undefined) demandKnown(chosen.speakers, [...team.participants.keys()])
        return { type: 'chosen', ...chosen, at: stage.now() }
      }
    })
    script.play(team.choose!(stage, path, script))
    receive((cue) => script.receive(cue))
    return () => script.leave()
  }
)
