import { whoAmI } from './account.ts'
import { ask, data, Refusal } from './http.ts'
import type { Component, RunLine, TeamRow, Turn } from './types.ts'

const forMe = async (path: string, more: Record<string, string> = {}): Promise<string> =>
  `${path}?${new URLSearchParams({ user_id: (await whoAmI()).id, ...more })}`

/** Our runs, newest first. */
export async function listRuns(filter: { q?: string; status?: string; before?: number }): Promise<RunLine[]> {
  const given = Object.entries(filter).filter(([, value]) => value !== undefined && value !== '')
  const query = Object.fromEntries(given.map(([key, value]) => [key, String(value)]))
  try {
    return await data<RunLine[]>(await forMe('/overview/runs', query))
  } catch (error) {
    if (!(error instanceof Refusal) || error.status !== 404) throw error
    return runsOfSessions(filter)
  }
}

/** The same from the routes that AutoGen Studio has. */
async function runsOfSessions({ q = '', status, before }: { q?: string; status?: string; before?: number }) {
  if (before !== undefined) return []
  const sessions = await data<{ id: number; name: string }[]>(await forMe('/sessions/'))
  const lists = await Promise.all(
    sessions.slice(0, 30).map(async ({ id, name }) => {
      const { runs } = await data<{ runs: RunLine[] }>(await forMe(`/sessions/${id}/runs`))
      return runs.map((run) => ({ ...run, id: Number(run.id), session_id: id, team: name, waits_for: null }))
    })
  )
  return lists
    .flat()
    .filter((run) => (!status || run.status === status) && run.team.toLowerCase().includes(q.toLowerCase()))
    .sort((a, b) => b.id - a.id)
}

export const listTeams = async (): Promise<TeamRow[]> => data<TeamRow[]>(await forMe('/teams/'))

/** Makes a run that has not begun. */
export async function createRun(name: string, team_id: number | null): Promise<number> {
  const { id: user_id } = await whoAmI()
  const session = await data<{ id: number }>('/sessions/', { user_id, name, team_id })
  const { run_id } = await data<{ run_id: number }>('/runs/', { session_id: session.id, user_id })
  return Number(run_id)
}

export const listTurns = (run: number): Promise<Turn[]> => data<Turn[]>(`/runs/${run}/turns`)

/** Makes a run that goes on from a turn of another. */
export const forkRun = async (run: number, turn: number): Promise<number> =>
  Number((await data<{ run_id: number }>(`/runs/${run}/fork`, { turn })).run_id)

/** The team's state in AutoGen's JSON. */
export const readState = (run: number): Promise<unknown> => data(`/runs/${run}/state`)

/** What is wrong with a component, if anything. */
export interface Finding {
  field: string
  error: string
  suggestion: string | null
}

export const validate = (component: Component): Promise<{ errors: Finding[]; warnings: Finding[] }> =>
  ask('/validate/', { component })
