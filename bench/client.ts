import { clientFrame } from './frames.ts'
import type { Address } from './socket.ts'
import type { Component } from './teams.ts'
import { inParallel } from './waiting.ts'
import { Watcher } from './watcher.ts'

/** With authentication off, Studio lets only this user's runs be watched. */
const user = 'guestuser@gmail.com'
const restTimeout = 60_000

/** The frame that starts a run, made once for many. */
export const startFrame = (team: Component, task = 'Talk about the weather'): Buffer =>
  clientFrame(JSON.stringify({ type: 'start', task, team_config: team }))

/** Any other frame of a client, made once for many. */
export const frameOf = (type: string, fields: object = {}): Buffer =>
  clientFrame(JSON.stringify({ type, ...fields }))

/** Speaks to one server: REST to make runs, sockets to watch them. */
export class Client {
  readonly address: Address
  readonly #url: string

  constructor(url: string) {
    const { hostname, port } = new URL(url)
    this.address = { host: hostname, port: Number(port || 80) }
    this.#url = url.replace(/\/$/, '')
  }

  /** Stores the team and a session, and creates `count` runs in it, several at a time. */
  async createRuns(count: number, team: Component): Promise<string[]> {
    const create = await this.runMaker(team)
    return inParallel(new Array(count).fill(undefined), 16, create)
  }

  /** Stores the team and a session; gives what creates a run in it. */
  async runMaker(team: Component): Promise<() => Promise<string>> {
    const { id: team_id } = await this.#post('/api/teams/', { user_id: user, component: team })
    const { id: session_id } = await this.#post('/api/sessions/', { name: 'bench', user_id: user, team_id })
    const body = { session_id, user_id: user }
    return async () => String((await this.#post('/api/runs/', body)).run_id)
  }

  /** Starts runs without a client, several at a time. */
  async startAll(runs: readonly string[], team: Component): Promise<void> {
    const body = { task: 'Talk about the weather', team_config: team }
    await inParallel(runs, 16, (run) => this.#post(`/api/runs/${run}/start`, body))
  }

  /** One client on each run. */
  attachAll(runs: readonly string[], query = ''): Promise<Watcher[]> {
    return inParallel(runs, 100, (run) => Watcher.attach(this.address, run, query))
  }

  async #post(path: string, body: object): Promise<Record<string, unknown>> {
    const headers = { 'content-type': 'application/json' }
    const signal = AbortSignal.timeout(restTimeout)
    const response = await fetch(this.#url + path, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
      signal
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`POST ${path}: ${response.status} ${text.slice(0, 200)}`)
    return (JSON.parse(text) as { data: Record<string, unknown> }).data
  }
}
