import type {
  ListResourcesResult,
  ListResourceTemplatesResult,
  ReadResourceResult
} from '@modelcontextprotocol/server'
import { TroupeError } from '../../../protocol/errors.ts'
import { isAdmin, type User } from '../../http/http.ts'
import { messagesIn } from '../common/answer-events.ts'
import type { DoorTools } from '../common/door-tools.ts'

/** How many runs are on a page of the list. */
const PAGE = 50
const address = /^troupe:\/\/runs\/([1-9]\d{0,15})$/
const mimeType = 'application/json'

/** Runs as resources: `troupe://runs/{run}`. */
export class RunResources {
  readonly #tools: DoorTools

  constructor(tools: DoorTools) {
    this.#tools = tools
  }

  /** The runs that a user may read, newest first. `cursor` is the id of the last one of the page before. */
  async list(user: User, cursor?: string): Promise<ListResourcesResult> {
    const before = cursor !== undefined && /^[1-9]\d{0,15}$/.test(cursor) ? Number(cursor) : undefined
    const runs = await this.#tools.services.store.runs.overview({
      ...{ before, limit: PAGE },
      user: isAdmin(user) ? undefined : (user.id ?? undefined)
    })
    const last = runs.at(-1)
    return {
      resources: runs.map(({ id, status }) => ({
        ...{ uri: `troupe://runs/${id}`, name: `run-${id}`, mimeType },
        ...{ title: `Run ${id}`, description: `A run that is ${status.replace('_', ' ')}.` }
      })),
      ...(runs.length === PAGE && last && { nextCursor: String(last.id) })
    }
  }

  templates(): ListResourceTemplatesResult {
    return {
      resourceTemplates: [
        {
          ...{ uriTemplate: 'troupe://runs/{run}', name: 'run', mimeType },
          description: 'A run: its status, open questions and messages.'
        }
      ]
    }
  }

  /** A run; undefined where there is none that the user may read. */
  async read(uri: string, user: User): Promise<ReadResourceResult | undefined> {
    const id = address.exec(uri)?.[1]
    const run = id === undefined ? undefined : await this.#own(Number(id), user)
    if (!run) return undefined
    const { services, runs } = this.#tools
    const { status, pending_input } = await services.runtime.info(run)
    const { events, end } = await runs.readSoFar({ run, after: 0 })
    const messages = messagesIn(events).map(({ source, text }) => ({ source, text }))
    const stop = end?.how === 'complete' || end?.how === 'cancelled' ? { stop_reason: end.reason } : {}
    const text = JSON.stringify({ run: run.id, status, ...stop, pending_input, messages }, null, 2)
    return { contents: [{ uri, mimeType, text }] }
  }

  async #own(id: number, user: User) {
    try {
      return await this.#tools.runs.own(id, user)
    } catch (error) {
      if (error instanceof TroupeError) return undefined
      throw error
    }
  }
}
