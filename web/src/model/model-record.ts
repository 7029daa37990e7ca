import type { Usage } from '../api/types.ts'

// A record may be long: its last fields are read without it.
const TAIL =
  /"prompt_tokens":(\d+),"completion_tokens":(\d+)(?:,"after":(\d+),"kept":(\d+))?,"agent_id":("(?:[^"\\]|\\.)*"|null)\}$/

/** The record of a model call. It holds the messages that are new since the same agent's record before. */
export class ModelRecord {
  readonly source: string
  readonly usage: Usage
  readonly #text: string
  readonly #seq: number | null
  /** The record on which this one builds, and how many messages of it stand before these. */
  readonly #before: ModelRecord | null = null
  readonly #kept: number = 0

  /** `earlier` are the records before this one, newest first. Throws nothing: what is no JSON is shown as it stands. */
  constructor(text: string, seq: number | null, earlier: Iterable<ModelRecord>) {
    this.#text = text
    this.#seq = seq
    const { prompt, completion, agent, after, kept } = ends(text)
    this.source = String(agent ?? '')
    this.usage = { prompt_tokens: Number(prompt) || 0, completion_tokens: Number(completion) || 0 }
    if (after === undefined) return
    for (const record of earlier)
      if (record.#seq === Number(after)) {
        this.#before = record
        this.#kept = Number(kept)
        return
      }
  }

  /** The model that answered; null where the record does not say. */
  get model(): string | null {
    const { response } = read(this.#text) as { response?: { model?: unknown } }
    return typeof response?.model === 'string' ? response.model : null
  }

  /** The record with all messages that the model was given, as JSON with line breaks. */
  get whole(): string {
    const { after: _, kept: __, ...fields } = read(this.#text)
    if (Object.keys(fields).length === 0) return this.#text
    return JSON.stringify(this.#before ? { ...fields, messages: this.#messages() } : fields, null, 2)
  }

  #messages(): unknown[] {
    const chain: ModelRecord[] = []
    for (let record: ModelRecord | null = this; record; record = record.#before) chain.push(record)
    return chain.reduceRight<unknown[]>((all, record) => {
      const { messages } = read(record.#text)
      return [...all.slice(0, record.#kept), ...(Array.isArray(messages) ? messages : [])]
    }, [])
  }
}

function ends(text: string): Record<string, unknown> {
  const [, prompt, completion, after, kept, agent] = TAIL.exec(text.slice(-2000)) ?? []
  if (agent !== undefined) return { prompt, completion, after, kept, agent: JSON.parse(agent) }
  const { prompt_tokens, completion_tokens, after: before, kept: same, agent_id } = read(text)
  return { prompt: prompt_tokens, completion: completion_tokens, after: before, kept: same, agent: agent_id }
}

/** The fields of a record; none where it is no JSON. */
function read(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text)
  } catch {
    return {}
  }
}
