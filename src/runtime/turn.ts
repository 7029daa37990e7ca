import { fromCallback } from 'xstate'
import { type ChatMessage, isChat, type TeamMessage } from '../machines/message.ts'
import { type Chosen, demandKnown } from '../machines/teams/selector.ts'
import type { Cue, Told } from './cue.ts'
import { Script } from './script.ts'
import { stageOf } from './stage.ts'

/** The `turn` actor of a participant: plays its agent's response to what it has not answered yet. */
export const turn = fromCallback<Cue, { path: string; again: boolean }>(
  ({ input, sendBack, receive, system }) => {
    const { path, again } = input
    const stage = stageOf(system)
    const seat = stage.seat(path)
    const heard = again ? [] : seat.unread.slice()
    const script = new Script<ChatMessage | readonly TeamMessage[]>({
      ...{ stage, path, name: seat.agent.name, number: seat.turns, opening: seat.agent.opening },
      tell: sendBack as (event: Told) => void,
      finish(reply, shown) {
        seat.unread.splice(0, heard.length)
        seat.turns++
        const at = stage.now()
        // What a nested team has said was shown when it said it.
        if (Array.isArray(reply)) return { type: 'said', messages: reply, heard: reply.filter(isChat), at }
        const said = stage.show(path, reply as ChatMessage)
        return { type: 'said', messages: [...shown, said], heard: [said], at }
      }
    })
    script.play(seat.agent.respond(heard, script))
    receive((cue) => script.receive(cue))
    return () => script.leave()
  }
)

/** The `choose` actor of a team whose choice of speaker takes asking: plays the team's own thoughts. */
export const choose = fromCallback<Cue, { path: string }>(
  ({ input: { path }, sendBack, receive, system }) => {
    const stage = stageOf(system)
    const team = stage.team(path)
    const script = new Script<Omit<Chosen, 'at'>>({
      ...{ stage, path, name: team.manager, number: team.choices++, opening: null },
      tell: sendBack as (event: Told) => void,
      finish(chosen: Omit<Chosen, 'at'>) {
        if (chosen.stop === undefined) demandKnown(chosen.speakers, [...team.seats.keys()])
        return { type: 'chosen', ...chosen, at: stage.now() }
      }
    })
    script.play(team.choose!(stage, path, script))
    receive((cue) => script.receive(cue))
    return () => script.leave()
  }
)
