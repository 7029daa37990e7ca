import type { TeamOutline } from '../../../src/runtime/inspection/team-outline.ts'
import type { PendingInput, RunStatus, ToolCall } from '../api/types.ts'
import type { Item } from './items.ts'
import type { ActorNow, Actors, Moment } from './timeline.ts'

/** How something is coloured. */
export type Tone = 'idle' | 'busy' | 'asking' | 'paused' | 'done' | 'failed'

export interface Words {
  tone: Tone
  text: string
}

/** A statechart value as one path: `responding.askingModel`. */
export function valuePath(value: unknown): string {
  if (typeof value === 'string') return value
  if (typeof value !== 'object' || value === null) return ''
  return Object.entries(value)
    .map(([key, inner]) => [key, valuePath(inner)].filter(Boolean).join('.'))
    .join(' + ')
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

const states: Record<string, Words> = {
  listening: { tone: 'idle', text: 'listening' },
  paused: { tone: 'paused', text: 'paused' },
  'responding.proceeding': { tone: 'busy', text: 'deciding what to do next' },
  'responding.recalling': { tone: 'busy', text: 'looking into its memory' },
  'responding.askingModel': { tone: 'busy', text: 'asking its model' },
  'responding.runningTools': { tone: 'busy', text: 'running tools' },
  'responding.reflecting': { tone: 'busy', text: 'reading what the tools gave' },
  'responding.working': { tone: 'busy', text: 'working' },
  'responding.awaitingInput': { tone: 'asking', text: 'waiting for a person' },
  'responding.pausing': { tone: 'paused', text: 'finishing a step before the pause' },
  'responding.paused': { tone: 'paused', text: 'paused in its turn' },
  'responding.cancelling': { tone: 'paused', text: 'giving up' },
  'responding.leadingTeam': { tone: 'busy', text: 'leading its own team' },
  asking: { tone: 'busy', text: 'asking the model who speaks next' },
  askingAgain: { tone: 'busy', text: 'asking the model again' },
  gatheringFacts: { tone: 'busy', text: 'gathering facts' },
  planning: { tone: 'busy', text: 'making a plan' },
  updatingLedger: { tone: 'busy', text: 'reading its ledger' },
  stalled: { tone: 'busy', text: 'rethinking: the team has stalled' },
  answering: { tone: 'busy', text: 'writing the final answer' }
}

/** What a participant does, in words. */
export function participantWords(actor: ActorNow | undefined): Words {
  if (!actor) return { tone: 'idle', text: 'not there yet' }
  if (actor.status !== 'active') return { tone: 'idle', text: 'has left' }
  const path = valuePath(actor.value)
  return states[path] ?? states[path.split('.').slice(0, 2).join('.')] ?? { tone: 'busy', text: path }
}

const listed = new Intl.ListFormat('en', { type: 'conjunction' })
/** Names as a person would list them. */
export const list = (names: readonly string[]): string => listed.format(names)

const teams: Record<string, string> = {
  RoundRobinGroupChat: 'Everybody speaks in turn',
  SelectorGroupChat: 'A model chooses who speaks',
  Swarm: 'Each hands the word to another',
  MagenticOneGroupChat: 'An orchestrator gives out the work',
  GraphFlow: 'A graph says who speaks after whom'
}

/** How a team decides who speaks. */
export const teamRule = (outline: TeamOutline | null): string =>
  (outline && teams[outline.kind]) ?? outline?.kind ?? ''

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

/** What the whole run waits for, in one sentence. */
export function runSentence(
  { actors }: Moment,
  root: string,
  pending: readonly PendingInput[],
  items: readonly Item[]
): Words {
  const run = actors.get(root)
  const path = valuePath(run?.value)
  if (path === '') return { tone: 'idle', text: 'This run has not begun.' }
  if (path === 'created' || path === 'starting') return { tone: 'busy', text: 'The team is being loaded.' }
  if (path === 'completed') return { tone: 'done', text: reasonOf(items) ?? 'The run is complete.' }
  if (path === 'failed') return { tone: 'failed', text: reasonOf(items) ?? 'The run failed.' }
  if (path === 'cancelled') return { tone: 'idle', text: reasonOf(items) ?? 'The run was stopped.' }
  if (path === 'cancelling') return { tone: 'paused', text: 'Everybody is told to give up.' }
  if (path === 'running.paused')
    return { tone: 'paused', text: 'Paused. Nothing new begins until it is resumed.' }
  const doing = doings(actors, root, items)
  const asked = doing.filter(({ tone }) => tone === 'asking').map(({ name }) => name)
  const busy = doing.filter(({ tone }) => tone !== 'asking').map(({ name, text }) => `${name} is ${text}`)
  if (asked.length > 0) {
    const prompt = pending.find(({ source }) => asked.includes(source))?.prompt.trim()
    const waits = `${list(asked)} ${asked.length > 1 ? 'wait' : 'waits'} for a person`
    const text = [`${waits}${prompt ? ` (“${prompt}”)` : ''}`, ...busy].join('; ')
    return { tone: 'asking', text: `${text}.` }
  }
  if (busy.length > 0) return { tone: 'busy', text: `${list(busy)}.` }
  return { tone: 'busy', text: `The team is ${managerWords(actors.get(`${root}/team`))}.` }
}

function reasonOf(items: readonly Item[]): string | null {
  const end = items.at(-1)
  return end?.kind === 'end' ? end.result.task_result.stop_reason : null
}

/** Everybody who is not just listening: the innermost, where teams stand in teams. */
function doings(actors: Actors, root: string, items: readonly Item[]): (Words & { name: string })[] {
  const members = [...actors.values()].filter(
    ({ machine, status }) => machine === 'participant' && status === 'active'
  )
  return members
    .map((actor) => ({
      ...participantWords(actor),
      name: actor.name,
      id: actor.id,
      value: valuePath(actor.value)
    }))
    .filter(({ tone, value, id }) => tone !== 'idle' && !(value.includes('leadingTeam') && leads(actors, id)))
    .filter(({ id }) => id.startsWith(root))
    .map(({ name, tone, text, value }) => ({
      name,
      tone,
      text: value.endsWith('runningTools') ? `running ${toolsOf(items, name) || 'tools'}` : text
    }))
}

const leads = (actors: Actors, id: string): boolean =>
  [...actors.values()].some(
    ({ id: other, machine, status, value }) =>
      other.startsWith(`${id}/`) && machine === 'participant' && status === 'active' && value !== 'listening'
  )

/** The names of the tools that somebody has asked for last. */
export function toolsOf(items: readonly Item[], name: string): string {
  const item = items.findLast((one) => one.kind === 'tools' && one.source === name)
  const calls: readonly ToolCall[] = item?.kind === 'tools' && !item.done ? item.calls : []
  return list([...new Set(calls.map((call) => call.name))])
}

/** What a team's manager does. */
export function managerWords(manager: ActorNow | undefined): string {
  const path = valuePath(manager?.value)
  if (path === 'speaking') return `waiting for ${list(speakersOf(manager)) || 'somebody'}`
  if (path === 'judging') return 'judging whether to stop'
  if (path.startsWith('selecting')) return 'choosing who speaks next'
  if (path === 'stopped') return 'done'
  if (path === 'cancelling') return 'telling everybody to give up'
  return path || 'not there yet'
}

/** A time span in words: `4 s`, `3 min`. */
export function span(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000))
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h`
  return `${Math.floor(seconds / 86_400)} d`
}

/** A time of day, with milliseconds where they matter. */
export const clockTime = (at: number, fine = false): string => {
  const text = new Date(at).toLocaleTimeString('en-GB')
  return fine ? `${text}.${String(at % 1000).padStart(3, '0')}` : text
}
