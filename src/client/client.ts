import type { TaskFile } from '../protocol/client-frames.ts'
import type { RunOptions } from '../protocol/run-options.ts'
import type { RunStatus } from '../protocol/run-status.ts'
import { Api, type ConnectOptions } from './api.ts'
import { ClientRun } from './client-run.ts'

/** How a run is started. */
export interface StartOptions {
  /** The name, slug or id of a team on the server, or a component in AutoGen's JSON. */
  team: string | number | object
  /** What is to be done: a text, a message or a list of messages in AutoGen's JSON. */
  task?: string | object
  /** Files that come with the task. */
  files?: readonly TaskFile[]
  /** The session that it belongs to; a new one by default. */
  session?: number
  /** The name of the new session; the beginning of the task by default. */
  name?: string
  /** Time-outs of questions, what happens without clients, limits. */
  options?: RunOptions
  /** A team's state to begin with. */
  state?: Record<string, unknown>
  /** Begins with the team state that the session's last run has ended with. */
  continue?: boolean
  /** Ends the wait for the start. */
  signal?: AbortSignal
}

/** Which runs are listed. */
export interface RunsQuery {
  status?: RunStatus | readonly RunStatus[]
  /** A part of the team's name or of the task's beginning. */
  q?: string
  /** Only runs with smaller ids: the next page. */
  before?: number
  /** At most so many; 50 by default, 500 at most. */
  limit?: number
  signal?: AbortSignal
}

/** A run in a list. */
export interface ListedRun {
  id: number
  session_id: number
  status: RunStatus
  team: string | null
  task: string | null
  /** ISO 8601. */
  created_at: string
  /** The participants for whom a person is to answer. */
  waits_for: string | null
}

/** A stored team. */
export interface StoredTeam {
  id: number
  component: { provider: string; label?: string | null; description?: string | null; config: object }
}

/** Characters of a task that are in a session's name. */
const NAME = 80

/** A server of Troupe. */
export class Client {
  readonly #api: Api
  /** The runs that have a connection. */
  readonly #open = new Set<ClientRun>()

  constructor(url: string | URL, options: ConnectOptions = {}) {
    this.#api = new Api(url, options)
  }

  /**
   * Starts a run; resolves when its beginning is stored.
   *
   * @throws `ClientError` with the server's code: `unknown_team`, `invalid_start`, `not_authenticated`, `unreachable` …
   */
  async start({ team, task, files, session, name, signal, ...rest }: StartOptions): Promise<ClientRun> {
    const user_id = await this.#api.user()
    const session_id = session ?? (await this.#newSession(user_id, name ?? nameOf(task), signal))
    try {
      const { run_id } = await this.#api.post<{ run_id: number }>('/runs/', { session_id, user_id }, signal)
      const chosen = typeof team === 'object' ? { team_config: team } : { team }
      const { status } = await this.#api.post<{ status: RunStatus }>(
        `/runs/${run_id}/start`,
        { ...chosen, task, files, ...rest },
        signal
      )
      return new ClientRun({ api: this.#api, id: run_id, after: 0, status, open: this.#open })
    } catch (error) {
      // A run that never began is not left behind.
      if (session === undefined)
        await this.#api.request('DELETE', `/sessions/${session_id}`, { query: { user_id } }).catch(() => {})
      throw error
    }
  }

  /** A run by its id. `after` is the `seq` of the last frame that is known already; all frames come by default. */
  run(id: number, { after = 0 }: { after?: number } = {}): ClientRun {
    return new ClientRun({ api: this.#api, id, after, status: null, open: this.#open })
  }

  /** Runs of the user, newest first. */
  async runs({ status = [], q, before, limit, signal }: RunsQuery = {}): Promise<ListedRun[]> {
    const user_id = await this.#api.user()
    const statuses = [status].flat().join(',')
    return this.#api.get(
      '/overview/runs',
      { user_id, status: statuses, q, before, limit, with: 'task' },
      signal
    )
  }

  /** The stored teams of the user. */
  async teams({ signal }: { signal?: AbortSignal } = {}): Promise<StoredTeam[]> {
    return this.#api.get('/teams/', { user_id: await this.#api.user() }, signal)
  }

  /** Closes the connections of all its runs. The runs go on. */
  close(): void {
    for (const run of [...this.#open]) run.close()
  }

  async #newSession(user_id: string, name: string, signal: AbortSignal | undefined): Promise<number> {
    return (await this.#api.post<{ id: number }>('/sessions/', { user_id, name }, signal)).id
  }
}

const nameOf = (task: unknown): string => (typeof task === 'string' ? task.slice(0, NAME) : '')

/**
 * A client of the server at `url`, such as `http://127.0.0.1:8081`; a path before its `/api` belongs to the address.
 * Nothing is asked yet.
 *
 * @throws `ClientError` `bad_url`
 * @example
 * const client = connect('http://127.0.0.1:8081')
 * const run = await client.start({ team: 'desk', task: 'Refund order 7' })
 * for await (const event of run) if (event.type === 'message') console.log(textOf(event.data))
 */
export const connect = (url: string | URL, options: ConnectOptions = {}): Client => new Client(url, options)
