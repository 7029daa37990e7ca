import type { PendingInput, RunStatus, ToolCall } from '../api/types.ts'
import { list, oneLine } from './format.ts'
import type { Item } from './items.ts'
import { namesOf } from './paths.ts'
import { valuePath } from './states.ts'
import type { ActorNow, Actors, Moment } from './timeline.ts'
import { type Doing, doingOf, managerWords, type Words } from './words.ts'

/** Of so many who do something at once each is named. */
const MOST = 3

/** What is known of a run at a moment. */
export interface RunAt {
  moment: Moment
  root: string
  /** The questions that are open. */
  pending: readonly PendingInput[]
  items: readonly Item[]
  /** The status of the run now; null as long as nothing is known of it. */
  statusNow: RunStatus | null
}

/** What the whole run does or waits for, in one sentence. */
export function headline(run: RunAt): Words {
  const { moment, root, items } = run
  const path = valuePath(moment.actors.get(root)?.value) || unread(run)
  if (path === 'unread') return { tone: 'busy', text: 'What the members do is being read.' }
  if (path === '' || path === 'created') return { tone: 'idle', text: 'This run has not begun.' }
  if (path === 'starting') return { tone: 'busy', text: 'The team is being loaded.' }
  if (path === 'completed') return { tone: 'done', text: reasonOf(items) ?? 'The run is complete.' }
  if (path === 'failed') return { tone: 'failed', text: 'The run has failed.' }
  if (path === 'cancelled') return { tone: 'idle', text: reasonOf(items) ?? 'The run was stopped.' }
  if (path === 'cancelling') return { tone: 'paused', text: 'All members give up.' }
  if (path === 'running.paused')
    return { tone: 'paused', text: 'Paused. Nothing new begins until it is resumed.' }
  return underWay(run)
}

/** Where the run stands as long as its charts are not known. */
function unread({ statusNow, moment }: RunAt): string {
  if (statusNow === null || statusNow === 'created' || moment.position > 0) return ''
  const states: Partial<Record<RunStatus, string>> = {
    complete: 'completed',
    stopped: 'cancelled',
    error: 'failed'
  }
  return states[statusNow] ?? 'unread'
}

function underWay({ moment: { actors }, root, pending, items }: RunAt): Words {
  const all = doings(actors, items)
  const asked = all.filter(({ tone }) => tone === 'asking')
  const busy = all.filter(({ tone }) => tone !== 'asking')
  const work = clauses(busy)
  if (asked.length > 0) {
    const prompt = pending.find(({ source }) => source === asked[0]!.name)?.prompt.trim()
    const question = asked.length === 1 && prompt ? ` (“${oneLine(prompt, 80)}”)` : ''
    return { tone: 'asking', text: `${[`${clauses(asked)}${question}`, work].filter(Boolean).join('; ')}.` }
  }
  if (busy.length > 0) return { tone: 'busy', text: `${work}.` }
  return { tone: 'busy', text: `The team is ${managerWords(actors.get(`${root}/team`))}.` }
}

interface Someone extends Doing {
  name: string
  label: string
}

/** `ann and ben are asking their models` would need a grammar: those who do the same are listed before one clause. */
function clauses(all: readonly Someone[]): string {
  const groups = Map.groupBy(all, ({ clause }) => clause)
  const parts = [...groups].map(([clause, ones]) => {
    const names = list(
      ones.map(({ label }) => label),
      MOST + 1
    )
    return `${names} ${ones.length > 1 ? clauseOfMany(clause) : clause}`
  })
  return list(parts, MOST)
}

const clauseOfMany = (clause: string): string =>
  clause
    .replace(/^is /, 'are ')
    .replace(/^waits /, 'wait ')
    .replace('its model', 'their models')
    .replace('its own team', 'teams of their own')
    .replace('its ', 'their ')

function reasonOf(items: readonly Item[]): string | null {
  const end = items.at(-1)
  return end?.kind === 'end' ? end.result.task_result.stop_reason : null
}

/** Everybody who is not just listening: the innermost, where teams stand in teams. */
function doings(actors: Actors, items: readonly Item[]): Someone[] {
  const working = [...actors.values()].filter(
    ({ machine, status }) => status === 'active' && machine !== 'run' && machine !== 'groupChat'
  )
  return working.flatMap((actor) => {
    const doing = doingOf(actor)
    if (doing.tone === 'idle' || leads(working, actor)) return []
    return [{ ...withTools(doing, actor, items), name: actor.name, label: labelOf(actor) }]
  })
}

/** In a team within a team the name alone says little. */
export function labelOf({ id, machine, name }: Pick<ActorNow, 'id' | 'machine' | 'name'>): string {
  const own = CHOOSERS[machine] ?? name
  const outer = namesOf(id).slice(0, -1)
  return outer.length > 0 ? `${own} (in ${outer.join(' › ')})` : own
}

/** What those are called who choose a speaker. */
const CHOOSERS: Readonly<Record<string, string>> = {
  selectorChoice: 'the selector',
  magenticChoice: 'the orchestrator'
}

const leads = (working: readonly ActorNow[], { id, value }: ActorNow): boolean =>
  valuePath(value).includes('leadingTeam') &&
  working.some((other) => other.id.startsWith(`${id}/`) && doingOf(other).tone !== 'idle')

/** Names the tools that are run. */
export function withTools(doing: Doing, actor: ActorNow, items: readonly Item[]): Doing {
  const tools = valuePath(actor.value) === 'responding.runningTools' ? toolsOf(items, actor.name) : ''
  return tools ? { ...doing, text: `running ${tools}`, clause: `is running ${tools}` } : doing
}

/** The names of the tools that a member has asked for last. */
function toolsOf(items: readonly Item[], name: string): string {
  const item = items.findLast((one) => one.kind === 'tools' && one.source === name)
  const calls: readonly ToolCall[] = item?.kind === 'tools' && !item.done ? item.calls : []
  return list([...new Set(calls.map((call) => call.name))], MOST)
}
