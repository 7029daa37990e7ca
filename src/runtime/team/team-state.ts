import { z } from 'zod'
import type { TeamDefinition, TeamProgress } from '../../machines/group-chat.ts'
import type { MessageTypes, TeamMessage } from '../../machines/messages/index.ts'
import { TroupeError } from '../../protocol/errors.ts'
import type { ParticipantContext } from '../contract/agent.ts'
import { standingOf } from '../contract/agent.ts'
import { presentState } from './old-state.ts'
import type { TeamType } from './team-type.ts'

/** What of a team is saved and loaded. */
interface SavableTeam {
  // biome-ignore lint/suspicious/noExplicitAny: each type of team has a state of its own
  readonly type: TeamType<any>
  readonly definition: TeamDefinition
  readonly participants: ReadonlyMap<string, ParticipantContext>
  /** The messages that may be in a saved state. */
  readonly types: MessageTypes
  thread: TeamMessage[]
  progress: TeamProgress
}

const TeamState = z.looseObject({
  type: z.literal('TeamState'),
  version: z.string().optional(),
  agent_states: z.record(z.string(), z.record(z.string(), z.unknown()))
})
const ContainerState = ({ chat }: MessageTypes) =>
  z.looseObject({
    type: z.literal('ChatAgentContainerState'),
    agent_state: z.record(z.string(), z.unknown()),
    message_buffer: z.array(chat).default([]),
    /** Ours: how many of these a turn that was cut off had begun with. */
    asked: z.int().nonnegative().optional()
  })
const ManagerState = ({ any }: MessageTypes) =>
  z.looseObject({
    message_thread: z.array(any).default([]),
    current_turn: z.int().nonnegative().default(0),
    /** Ours: AutoGen loses how far the condition has come. */
    condition: z.unknown().optional(),
    /** Ours: those whose turn it is still. */
    speakers: z.array(z.string()).default([]),
    /** Ours: why the chat is over, where it was saved before that was published. */
    ended: z.string().optional(),
    ended_by: z.enum(['request', 'limit']).optional()
  })

const version = '1.0.0'

/** Writes a team's state in AutoGen's shape; what AutoGen does not know stands in keys of its own. */
export function saveTeam(team: SavableTeam): Record<string, unknown> {
  // The caller's copy must not change with the team.
  return JSON.parse(JSON.stringify(standingOfTeam(team)))
}

/** The same, holding the messages themselves: they never change. */
export function standingOfTeam(team: SavableTeam): Record<string, unknown> {
  const { participants, type, thread, progress } = team
  const { turn, selector, condition, speakers, ended, endedBy } = progress
  const states: [string, unknown][] = [...participants].map(([name, participant]) => {
    const { agent, unread, answering, stateBefore } = participant
    const agent_state = stateBefore ?? standingOf(agent)
    const state = { type: 'ChatAgentContainerState', version, agent_state, message_buffer: [...unread] }
    return [name, { ...state, ...(speakers.includes(name) && { asked: answering }) }]
  })
  const manager = {
    type: type.state.type,
    version,
    message_thread: [...thread],
    current_turn: turn,
    ...type.state.save(selector),
    condition,
    ...(speakers.length > 0 && { speakers }),
    ended,
    ended_by: endedBy
  }
  const agent_states = Object.fromEntries([...states, [type.manager, manager]])
  return { type: 'TeamState', version, agent_states }
}

/** Reads a team's state; changes nothing unless all of it fits. */
export function loadTeam(team: SavableTeam, state: unknown): void {
  const { type, participants, definition, types } = team
  const present = presentState(state, type.manager, Date.now())
  const { agent_states } = read(TeamState, present, 'the state')
  const found = agent_states[type.manager]
  if (!found)
    throw new TroupeError('bad_state', `The state has no "${type.manager}": it is not one of a ${type.name}.`)
  const manager = read(ManagerState(types), found, type.manager)
  const containers = definition.names.map((name) => {
    if (!agent_states[name])
      throw new TroupeError('bad_state', `The state has nothing of the participant "${name}".`)
    return { participant: participants.get(name)!, ...read(ContainerState(types), agent_states[name], name) }
  })
  const selector = type.state.load(manager, definition.names)
  const before = containers.map(({ participant }) => participant.agent.saveState())
  try {
    for (const { participant, agent_state } of containers) participant.agent.loadState(agent_state)
  } catch (error) {
    for (const [i, { participant }] of containers.entries()) participant.agent.loadState(before[i])
    throw error
  }
  for (const { participant, message_buffer, asked } of containers) {
    participant.unread = message_buffer
    participant.answering = asked
  }
  team.thread = manager.message_thread
  const fresh = definition.condition?.begin(Date.now()) ?? null
  team.progress = {
    turn: manager.current_turn,
    selector,
    condition: manager.condition === undefined ? fresh : manager.condition,
    speakers: manager.speakers,
    ended: manager.ended,
    endedBy: manager.ended_by
  }
}

/** Reads a part of a saved state; `what` names it in the error. */
export function read<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const { path, message } = parsed.error.issues[0]!
  throw new TroupeError('bad_state', `In ${what}, ${path.join('.') || 'as a whole'}: ${message}`)
}
