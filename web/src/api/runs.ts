import type { PriceList } from '../../../src/runtime/models/prices.ts'
import { whoAmI } from './account.ts'
import { ask, data } from './http.ts'
import type { Component, RunLine, TeamRow, Turn } from './types.ts'

const forMe = async (path: string, more: Record<string, string> = {}): Promise<string> =>
  `${path}?${new URLSearchParams({ user_id: (await whoAmI()).id, ...more })}`

/** Our runs, newest first. */
export async function listRuns(filter: { q?: string; status?: string; before?: number }): Promise<RunLine[]> {
  const given = Object.entries(filter).filter(([, value]) => value !== undefined && value !== '')
  const query = Object.fromEntries(given.map(([key, value]) => [key, String(value)]))
  return data<RunLine[]>(await forMe('/overview/runs', { with: 'task', ...query }))
}

export const listTeams = async (): Promise<TeamRow[]> => data<TeamRow[]>(await forMe('/teams/'))

/** What a run is to begin with. */
export interface Start {
  team: Component
  team_id: number | null
  task: string
  files: readonly { name: string; type: string; content: string }[]
  /** A state that was saved. */
  state?: unknown
}

/**
 * Makes a run and starts it; gives its id. Where the start is refused there is no run: it would be one that never
 * begins.
 */
export async function startRun({ team, team_id, task, files, state }: Start): Promise<number> {
  const { id: user_id } = await whoAmI()
  const name = team.label || 'Console'
  const session = await data<{ id: number }>('/sessions/', { user_id, name, team_id })
  try {
    const { run_id } = await data<{ run_id: number }>('/runs/', { session_id: session.id, user_id })
    const options = state === undefined ? {} : { options: { state } }
    await data(`/runs/${run_id}/start`, { task, team_config: team, files, ...options })
    return Number(run_id)
  } catch (error) {
    await ask(await forMe(`/sessions/${session.id}`), undefined, 'DELETE').catch(() => {})
    throw error
  }
}

/** Deletes a run with all that was kept of it. */
export const deleteRun = async (run: number): Promise<void> => {
  await ask(`/overview/runs/${run}`, undefined, 'DELETE')
}

export const listTurns = (run: number): Promise<Turn[]> => data<Turn[]>(`/runs/${run}/turns`)

/** Makes a run that goes on from a turn of another. */
export const forkRun = async (run: number, turn: number): Promise<number> =>
  Number((await data<{ run_id: number }>(`/runs/${run}/fork`, { turn })).run_id)

/** The team's state in AutoGen's JSON, now or at the end of a turn. */
export const readState = (run: number, turn?: number): Promise<unknown> =>
  data(`/runs/${run}/state${turn === undefined ? '' : `?turn=${turn}`}`)

/** What models cost. */
export const readPrices = (): Promise<PriceList> => data('/prices')

/** What a run's team is to do, as a text. */
export async function readTask(run: number): Promise<string> {
  const { task } = await data<{ task: { content?: unknown } | null }>(`/runs/${run}`)
  return textOf(task?.content)
}

/** What is wrong with a component, if anything. */
export interface Finding {
  field: string
  error: string
  suggestion: string | null
}

/** What is wrong with a team. That it is one need not stand in its file: nothing else can be started. */
export const checkTeam = (team: Component): Promise<{ errors: Finding[]; warnings: Finding[] }> =>
  ask('/validate/', { component: { component_type: 'team', ...team } })

/** What a run was started with: its team as it was then, null where that is not known, and its task as a text. */
export async function readRunStart(run: number): Promise<{ team: Component | null; task: string }> {
  const [team, task] = await Promise.all([data<Component | null>(`/runs/${run}/team`), readTask(run)])
  return { team, task }
}

/** The texts of a task: a text, a message, or a list of messages. */
function textOf(task: unknown): string {
  if (typeof task === 'string') return task
  if (Array.isArray(task)) return task.map(textOf).filter(Boolean).join('\n\n')
  return typeof task === 'object' && task !== null ? textOf((task as { content?: unknown }).content) : ''
}
