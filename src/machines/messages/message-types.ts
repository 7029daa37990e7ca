import { z } from 'zod'
import type { JsonSchema } from '../component/json-schema.ts'
import { ObjectReader } from '../component/object-reader.ts'
import { ChatMessage, isChat, type TeamMessage } from './chat-message.ts'
import { common } from './envelope.ts'
import { AgentEvent } from './events.ts'
import { formatText } from './python-repr.ts'

export type { JsonSchema } from '../component/json-schema.ts'

const builtIn: ReadonlyMap<string, z.ZodType<TeamMessage>> = new Map<string, z.ZodType<TeamMessage>>(
  [...ChatMessage.options, ...AgentEvent.options].map((schema) => [schema.shape.type.value, schema])
)

/** A type of message that is not built in, and the schema of the whole message. */
export interface MessageType {
  type: string
  schema: z.ZodType<TeamMessage>
}

/**
 * A message type of one's own with the fields it has beyond the common ones, `content` among them. It is an event,
 * which is seen and not heard, if its name ends in `Event`, and a chat message otherwise.
 */
export function messageType(type: string, fields: z.ZodObject | JsonSchema): MessageType {
  const own = z.object({ ...common, type: z.literal(type) })
  // No built-in type has such a name, so code that looks for those passes over it.
  const schema = fields instanceof z.ZodObject ? own.extend(fields.shape) : withFields(own, fields)
  return { type, schema: schema as unknown as z.ZodType<TeamMessage> }
}

/** What every message has, and the fields that a JSON Schema names. */
const withFields = (own: z.ZodType<{ type: string }>, fields: JsonSchema): z.ZodType => {
  const more = readBy(fields)
  return z.looseObject({}).transform((message, context) => {
    const [first, second] = [own.safeParse(message), more.safeParse(message)]
    if (first.success && second.success)
      return { ...first.data, ...(second.data as JsonSchema), type: first.data.type } as object
    for (const { error } of [first, second]) {
      for (const issue of error?.issues ?? [])
        context.issues.push({ ...issue, code: 'custom', input: message })
    }
    return z.NEVER
  })
}

/** The type `StructuredMessage[name]`, whose content fits a schema. */
export function structuredType(name: string, content: z.ZodObject | JsonSchema): MessageType {
  const type = `StructuredMessage[${name}]` as const
  const schema = z
    .object({
      ...common,
      content: content instanceof z.ZodObject ? content : readBy(content),
      format_string: z.string().nullable().default(null),
      type: z.literal(type)
    })
    .superRefine(({ content, format_string }, context) => {
      try {
        formatText(format_string ?? '', content)
      } catch (error) {
        context.addIssue({ code: 'custom', path: ['format_string'], message: (error as Error).message })
      }
    })
  return { type, schema: schema as z.ZodType<TeamMessage> }
}

/** Reads an object by a JSON Schema. Its patterns are not looked at: what is read here has been checked before. */
function readBy(schema: JsonSchema): z.ZodType<object> {
  const reader = new ObjectReader(schema)
  return z.unknown().transform((value, context) => {
    const { data, error } = reader.read(value)
    for (const issue of error?.issues ?? []) context.issues.push({ ...issue, code: 'custom', input: value })
    return error ? z.NEVER : (data as object)
  })
}

/** The messages that a team can read: the built-in ones, those of its agents, and its custom types. */
export class MessageTypes {
  readonly #schemas = new Map<string, z.ZodType<TeamMessage>>()
  // Every team has readers, and few ever read.
  #any: z.ZodType<TeamMessage> | undefined
  #chat: z.ZodType<ChatMessage> | undefined

  constructor(custom: readonly MessageType[] = []) {
    for (const { type, schema } of custom) this.#add(type, schema)
  }

  // Two agents may each have an answer of the same name: what fits either schema is read.
  #add(type: string, schema: z.ZodType<TeamMessage>): void {
    if (builtIn.has(type)) throw new Error(`The message type "${type}" is built in and cannot be replaced.`)
    const known = this.#schemas.get(type)
    this.#schemas.set(type, known && known !== schema ? z.union([known, schema]) : schema)
  }

  /** Reads any message or event. */
  get any(): z.ZodType<TeamMessage> {
    this.#any ??= this.#reader(() => true) as z.ZodType<TeamMessage>
    return this.#any
  }

  /** Reads what agents say to each other. */
  get chat(): z.ZodType<ChatMessage> {
    this.#chat ??= this.#reader(isChat) as z.ZodType<ChatMessage>
    return this.#chat
  }

  #reader(wanted: (message: TeamMessage) => boolean) {
    return z.looseObject({ type: z.string() }).transform((message, context) => {
      const schema = this.#schemas.get(message.type) ?? builtIn.get(message.type)
      if (!schema || !wanted(message as unknown as TeamMessage)) {
        const what = schema
          ? `An event is no chat message: ${message.type}`
          : `Unknown message type: ${message.type}`
        context.issues.push({ code: 'custom', message: what, path: ['type'], input: message })
        return z.NEVER
      }
      const parsed = schema.safeParse(message)
      if (parsed.success) return parsed.data
      for (const issue of parsed.error.issues)
        context.issues.push({ ...issue, code: 'custom', input: message })
      return z.NEVER
    })
  }
}
