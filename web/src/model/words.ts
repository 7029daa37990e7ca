import type { TeamOutline } from '../../../src/runtime/inspection/team-outline.ts'
import type { RunStatus } from '../api/types.ts'
import { list } from './format.ts'
import { valuePath } from './states.ts'
import type { ActorNow } from './timeline.ts'

/** How something is coloured. */
export type Tone = 'idle' | 'busy' | 'asking' | 'paused' | 'done' | 'failed'

export interface Words {
  tone: Tone
  text: string
}

/** What a member does: as a status (`asking its model`), and behind a name (`is asking its model`). */
export interface Doing extends Words {
  clause: string
}

const statuses: Record<RunStatus, Words> = {
  created: { tone: 'idle', text: 'not started' },
  active: { tone: 'busy', text: 'running' },
  awaiting_input: { tone: 'asking', text: 'waits for a person' },
  paused: { tone: 'paused', text: 'paused' },
  complete: { tone: 'done', text: 'complete' },
  stopped: { tone: 'idle', text: 'stopped' },
  error: { tone: 'failed', text: 'failed' }
}

/** A run's status as a person would say it. */
export const statusWords = (status: RunStatus | null): Words =>
  status === null ? { tone: 'idle', text: 'connecting' } : statuses[status]

/** The status that a run's chart stood for. */
export function statusOf(value: unknown): RunStatus {
  const path = valuePath(value)
  if (path === 'completed') return 'complete'
  if (path === 'cancelled') return 'stopped'
  if (path === 'failed') return 'error'
  if (path === 'running.awaitingInput') return 'awaiting_input'
  if (path === 'running.paused') return 'paused'
  return path === '' || path === 'created' ? 'created' : 'active'
}

/** Whether nothing more happens in a run. */
export const isOver = (status: RunStatus | null): boolean =>
  status === 'complete' || status === 'error' || status === 'stopped'

/** Whether a run has begun and is not over. */
export const isUnderWay = (status: RunStatus | null): boolean =>
  status === 'active' || status === 'awaiting_input' || status === 'paused'

const doing = (tone: Tone, text: string, clause = `is ${text}`): Doing => ({ tone, text, clause })

const states: Record<string, Doing> = {
  listening: doing('idle', 'listening'),
  paused: doing('paused', 'paused'),
  'responding.proceeding': doing('busy', 'deciding what to do next'),
  'responding.recalling': doing('busy', 'looking into its memory'),
  'responding.askingModel': doing('busy', 'asking its model'),
  'responding.runningTools': doing('busy', 'running tools'),
  'responding.reflecting': doing('busy', 'reading what its tools gave'),
  'responding.working': doing('busy', 'working'),
  'responding.awaitingInput': doing('asking', 'waiting for a person', 'waits for a person'),
  'responding.awaitingApproval': doing('asking', 'waiting for an approval', 'waits for an approval'),
  'responding.pausing': doing('paused', 'finishing a step before the pause'),
  'responding.paused': doing('paused', 'paused in its turn'),
  'responding.cancelling': doing('paused', 'giving up'),
  'responding.leadingTeam': doing('busy', 'leading its own team'),
  'responding.leadingTeam.paused': doing('paused', 'paused with its team'),
  beginning: doing('idle', 'about to choose'),
  proceeding: doing('busy', 'deciding what to do next'),
  asking: doing('busy', 'asking a model who speaks next'),
  askingAgain: doing('busy', 'asking a model again who speaks next'),
  gatheringFacts: doing('busy', 'gathering facts'),
  planning: doing('busy', 'making a plan'),
  updatingLedger: doing('busy', 'looking at the progress'),
  stalled: doing('busy', 'thinking again, since the team has stalled'),
  answering: doing('busy', 'writing the final answer'),
  pausing: doing('paused', 'finishing a step before the pause')
}

const notThere = doing('idle', 'not there yet')
const over = doing('idle', 'done', 'is done')

/** A state of a participant or of what chooses a speaker, in words. */
export function stateWords(value: unknown): Doing {
  const path = valuePath(value)
  if (path === '') return notThere
  return states[path] ?? states[path.split('.').slice(0, 2).join('.')] ?? doing('busy', `in ${path}`)
}

/** What an actor does, in words. */
export const doingOf = (actor: ActorNow | undefined): Doing =>
  !actor ? notThere : actor.status === 'active' ? stateWords(actor.value) : over

const teams: Record<string, string> = {
  RoundRobinGroupChat: 'Everybody speaks in turn',
  SelectorGroupChat: 'A model chooses who speaks',
  Swarm: 'Each hands over to another',
  MagenticOneGroupChat: 'An orchestrator gives out the work',
  GraphFlow: 'A graph says who speaks after whom'
}

/** How a team decides who speaks. */
export const teamRule = (outline: TeamOutline | null): string =>
  teams[outline?.kind ?? ''] ?? kindWords(outline?.kind ?? '')

const kinds: Record<string, string> = {
  UserProxyAgent: 'a person',
  AssistantAgent: 'assistant',
  SocietyOfMindAgent: 'speaks for a team',
  CodeExecutorAgent: 'runs code',
  FunctionAgent: 'a function',
  MultimodalWebSurfer: 'surfs the web',
  FileSurfer: 'reads files'
}

/** What kind of member an actor is. */
export const kindWords = (kind: string): string =>
  kinds[kind] ??
  kind
    .replace(/(Agent|GroupChat)$/, '')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()

const strings = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : [])
const field = (actor: ActorNow | undefined, name: string): unknown =>
  (actor?.context as Record<string, unknown> | null)?.[name]

/** Those whose turn it is. */
export const speakersOf = (manager: ActorNow | undefined): string[] => [
  ...new Set(strings(field(manager, 'speakers')))
]

/** Nodes of a graph that some of a group have reached and that need others too. */
export function waitingNodes(manager: ActorNow | undefined): { node: string; for: string[] }[] {
  const selector = field(manager, 'selector') as { waiting?: unknown } | null | undefined
  const waiting = Array.isArray(selector?.waiting) ? selector.waiting : []
  return waiting
    .filter((one) => typeof one === 'object' && one !== null)
    .map((one) => ({ node: String(one.node), for: strings(one.for) }))
}

/** What a team's manager does. */
export function managerWords(manager: ActorNow | undefined): string {
  if (manager && manager.status !== 'active') return 'done'
  const path = valuePath(manager?.value)
  if (path === 'speaking') return `waiting for ${list(speakersOf(manager), 4) || 'an answer'}`
  if (path === 'judging') return 'judging whether to stop'
  if (path === 'selecting.paused' || path === 'paused') return 'paused'
  if (path.startsWith('selecting')) return 'choosing who speaks next'
  if (path === 'cancelling') return 'telling everybody to give up'
  return path === '' || path === 'starting' ? 'getting ready' : path
}
