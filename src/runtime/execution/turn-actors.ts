import { fromCallback } from 'xstate'
import { type ChatMessage, isChat, type TeamMessage } from '../../machines/messages/index.ts'
import { type Chosen, demandKnown } from '../../machines/teams/selector.ts'
import { type Agent, type Effect, wait } from '../contract/agent.ts'
import { guarded } from '../contract/guards.ts'
import type { EffectCommand, EffectEvent } from './effect-inputs.ts'
import { EffectRunner } from './effect-runner.ts'
import { type RunContext, runContextOf } from './run-context.ts'

type Reply = ChatMessage | readonly TeamMessage[]

/** The `turn` actor of a participant: runs the turns of its agent, one after the other. */
export const turn = fromCallback<EffectCommand, { path: string }>(
  ({ input: { path }, sendBack, receive, system }) => {
    const run = runContextOf(system)
    const participant = run.participant(path)
    const { agent } = participant
    let runner: EffectRunner<Reply> | null = null

    /** The turn came to nothing. */
    function undo(): void {
      runner = null
      if (participant.stateBefore) agent.loadState(participant.stateBefore)
      delete participant.stateBefore
    }

    function emit(event: EffectEvent): void {
      if (event.type === 'said') runner = null
      if (event.type === 'broke') undo()
      sendBack(event as never)
    }

    function begin(again: boolean): void {
      const heard = again ? [] : participant.unread.slice(0, participant.answering)
      participant.answering = heard.length
      runner = new EffectRunner<Reply>({
        ...{ run, path, name: agent.name, number: participant.turns, opening: agent.opening, emit },
        finish(reply, shown) {
          participant.unread.splice(0, heard.length)
          participant.turns++
          delete participant.stateBefore
          delete participant.answering
          const at = run.now()
          // The messages of a nested team were published when it said them.
          if (Array.isArray(reply)) return { type: 'said', messages: reply, heard: reply.filter(isChat), at }
          const said = run.publish(path, reply as ChatMessage)
          return { type: 'said', messages: [...shown, said], heard: [said], at }
        }
      })
      void runner.run(guardedTurn(agent.respond(heard, runner), agent, run))
    }

    receive((command) => {
      if (runner) runner.receive(command)
      else if (command.type === 'proceed') begin(command.again === true)
      // A participant that was asked to speak during a pause may be cancelled before it has begun.
      else if (command.type === 'cancel')
        sendBack({ type: 'broke', failure: { message: 'cancelled' } } as never)
    })
    return () => {
      runner?.leave()
      undo()
    }
  }
)

/** A turn whose reply guards look at: what a person says is input, all else output. */
function* guardedTurn(
  turn: Generator<Effect, Reply, unknown>,
  { opening }: Agent,
  run: RunContext
): Generator<Effect, Reply, unknown> {
  const reply = yield* turn
  const guards = run.guards(opening === 'askPerson' ? 'input' : 'output')
  // What a nested team says its participants have said, each by a turn.
  if (guards.length === 0 || !('source' in reply)) return reply
  return yield* wait<ChatMessage>({
    step: 'work',
    // It is not journaled: a reply that was published stays as it was, whatever guards say today.
    whole: false,
    async perform({ signal, context }) {
      if (run.isRecorded(reply.id)) return reply
      return run.performsEffects ? guarded(reply, guards, { context, signal }) : new Promise(() => {})
    }
  })
}

/** The `choose` actor of a team whose choice of speaker takes effects: runs the team's own turn. */
export const choose = fromCallback<EffectCommand, { path: string }>(
  ({ input: { path }, sendBack, receive, system }) => {
    const run = runContextOf(system)
    const team = run.team(path)
    const runner = new EffectRunner<Omit<Chosen, 'at'>>({
      ...{ run, path, name: team.manager, number: team.choices++, opening: null },
      emit: sendBack as (event: EffectEvent) => void,
      finish(chosen) {
        if (chosen.stop === undefined) demandKnown(chosen.speakers, [...team.participants.keys()])
        return { type: 'chosen', ...chosen, at: run.now() }
      }
    })
    let hasBegun = false
    receive((command) => {
      if (hasBegun || command.type !== 'proceed') return runner.receive(command)
      hasBegun = true
      void runner.run(team.choose!(runner))
    })
    return () => runner.leave()
  }
)
