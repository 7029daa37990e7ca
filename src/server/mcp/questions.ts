import type { ElicitRequest, ElicitResult } from '@modelcontextprotocol/sdk/types.js'
import { z } from 'zod'

/** What a person answered a server's question. */
export const ElicitationResponse = z.object({
  type: z.literal('elicitation_response'),
  request_id: z.string(),
  action: z.enum(['accept', 'decline', 'cancel']),
  data: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.string())])).nullish()
})
export type ElicitationResponse = z.infer<typeof ElicitationResponse>

/** The questions of one MCP server that its page has not answered yet. */
export class McpQuestions {
  readonly #open = new Map<string, (result: ElicitResult) => void>()
  readonly #send: (frame: Record<string, unknown>) => void

  constructor(send: (frame: Record<string, unknown>) => void) {
    this.#send = send
  }

  /** Asks the page; a question that the server gives up is cancelled. */
  ask(question: ElicitRequest['params'], signal: AbortSignal): Promise<ElicitResult> {
    if (!('requestedSchema' in question)) return Promise.resolve({ action: 'cancel' })
    const request_id = crypto.randomUUID()
    const { message, requestedSchema } = question
    this.#send({ type: 'elicitation_request', request_id, message, requestedSchema })
    return new Promise((resolve) => {
      const settle = (result: ElicitResult) => {
        this.#open.delete(request_id)
        resolve(result)
      }
      this.#open.set(request_id, settle)
      signal.addEventListener('abort', () => settle({ action: 'cancel' }), { once: true })
    })
  }

  /** Gives an answer to who asked; false where that is not asked. */
  answer({ request_id, action, data }: ElicitationResponse): boolean {
    const settle = this.#open.get(request_id)
    settle?.({ action, ...(action === 'accept' && { content: data ?? {} }) })
    return settle !== undefined
  }

  /** The client has gone: open questions are cancelled. */
  cancel(): void {
    for (const settle of [...this.#open.values()]) settle({ action: 'cancel' })
  }
}
