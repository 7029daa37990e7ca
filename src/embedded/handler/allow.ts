import { demandOptions } from '../../machines/shared/option-names.ts'
import type { ClientFrame } from '../../protocol/client-frames.ts'
import { TroupeError } from '../../protocol/errors.ts'
import type { Rights } from '../../server/run-api/caller.ts'

/**
 * What clients of a handler may do. `start`: make sessions and runs, and start them; `follow`: read everything, by
 * requests, event streams and sockets; `pause` goes with resuming, `teams` with the gallery, `delete` with renaming.
 */
export type Verb = (typeof verbs)[number]

const verbs = [
  ...(['start', 'follow', 'answer', 'stop', 'pause', 'fork', 'delete'] as const),
  ...(['teams', 'settings', 'validate', 'mcp'] as const)
] as const

/** Which teams clients may start: any that they bring, or only registered and stored ones. */
export type AllowedTeams = 'any' | 'stored'

/** What each frame, or the command that stands for it, asks for. */
const verbOfFrame: Readonly<Record<Exclude<ClientFrame['type'], 'ping'>, Verb>> = {
  start: 'start',
  stop: 'stop',
  pause: 'pause',
  resume: 'pause',
  input_response: 'answer'
}

const commands: Readonly<Record<string, Verb>> = {
  start: 'start',
  stop: 'stop',
  pause: 'pause',
  resume: 'pause',
  input: 'answer',
  fork: 'fork'
}

const resources: Readonly<Record<string, Verb>> = {
  teams: 'teams',
  gallery: 'teams',
  settings: 'settings',
  validate: 'validate',
  mcp: 'mcp'
}

/** What a request asks for. */
export function verbOf(method: string, path: string): Verb {
  if (method === 'GET' || method === 'HEAD' || method === 'OPTIONS') return 'follow'
  const [, , resource = '', , command = ''] = path.split('/')
  if (method === 'POST' && resource === 'runs') return commands[command] ?? 'start'
  if (method === 'POST' && resource === 'sessions') return 'start'
  return resources[resource] ?? 'delete'
}

/** What the clients of one handler may do. */
export class Allowed implements Rights {
  readonly isTenant: boolean
  readonly #verbs: ReadonlySet<Verb>
  readonly #teams: AllowedTeams

  /** Throws where there is no such verb. */
  constructor(allow: readonly Verb[] = verbs, teams: AllowedTeams = 'any', isTenant = false) {
    demandOptions('allow', Object.fromEntries(allow.map((verb) => [verb, true])), verbs)
    if (teams !== 'any' && teams !== 'stored')
      throw new TroupeError('bad_option', `teams: "any" or "stored" is wanted, not ${JSON.stringify(teams)}.`)
    this.#verbs = new Set(allow)
    this.#teams = teams
    this.isTenant = isTenant
  }

  /** Throws `not_allowed` where clients may not ask for this. */
  demandRequest(method: string, path: string): void {
    const verb = verbOf(method, path)
    this.#demandVerb(verb)
    // A client that can store a team, or try one, could start any.
    const brings = verb === 'teams' || verb === 'validate' || verb === 'mcp'
    if (brings && this.#teams === 'stored') throw new TroupeError('not_allowed', 'bring teams of their own')
  }

  /** Throws `not_allowed` where a client may not follow runs. */
  demandFollow(): void {
    this.#demandVerb('follow')
  }

  demand(type: ClientFrame['type'], fields: unknown): void {
    if (type !== 'ping') this.#demandVerb(verbOfFrame[type])
    const { team_config } = (fields ?? {}) as { team_config?: unknown }
    if (type === 'start' && this.#teams === 'stored' && team_config != null)
      throw new TroupeError('not_allowed', 'bring teams of their own')
  }

  #demandVerb(verb: Verb): void {
    if (!this.#verbs.has(verb)) throw new TroupeError('not_allowed', words[verb])
  }
}

const words: Readonly<Record<Verb, string>> = {
  start: 'start runs',
  follow: 'follow runs',
  answer: 'answer questions',
  stop: 'stop runs',
  pause: 'pause runs',
  fork: 'fork runs',
  delete: 'change or delete sessions and runs',
  teams: 'change teams',
  settings: 'change settings',
  validate: 'try components',
  mcp: 'connect to MCP servers'
}
