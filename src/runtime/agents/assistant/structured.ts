import { z } from 'zod'
import { type ComponentType, type Kind, make } from '../../../machines/component/component.ts'
import type { JsonSchema } from '../../../machines/component/json-schema.ts'
import { type MessageType, type StructuredMessage, structuredType } from '../../../machines/messages/index.ts'
import { explain } from '../../../protocol/errors.ts'
import { fitTo } from '../../tools/fit.ts'

const Config = z.looseObject({
  json_schema: z.record(z.string(), z.unknown()),
  content_model_name: z.string().nullish(),
  /** How people read the content: `{city} has {size}`. */
  format_string: z.string().nullish()
})
type Config = z.infer<typeof Config>

/** An answer in a shape of its own: what a model is to give, and the message that is made of it. */
export class StructuredMessageFactory {
  readonly schema: JsonSchema
  /** The type of the message, for those who read such messages from a file. */
  readonly messageType: MessageType
  readonly #fit
  readonly #format: string | null

  constructor({ json_schema, content_model_name, format_string }: Config) {
    const title = typeof json_schema.title === 'string' ? json_schema.title : undefined
    this.schema = json_schema
    this.messageType = structuredType(content_model_name || title || 'GeneratedContentModel', json_schema)
    this.#fit = fitTo(json_schema)
    this.#format = format_string ?? null
  }

  /** What is special about the message that holds a model's answer. Throws where the answer does not fit. */
  read(answer: string): Pick<StructuredMessage, 'type' | 'content' | 'format_string'> {
    const parsed = this.#fit(jsonOf(answer))
    if (!parsed.success)
      throw new Error(`The model's answer does not fit its schema. ${explain(parsed.error)}`)
    return {
      content: parsed.data as StructuredMessage['content'],
      format_string: this.#format,
      type: this.messageType.type as StructuredMessage['type']
    }
  }
}

function jsonOf(answer: string): unknown {
  try {
    return JSON.parse(answer)
  } catch (error) {
    throw new Error(`The model's answer is not JSON: ${(error as Error).message}`)
  }
}

/** The component type of structured message factories. */
export const structuredMessageFactory: ComponentType<StructuredMessageFactory, Config> = {
  provider: 'autogen_agentchat.messages.StructuredMessageFactory',
  kind: 'structured_message' as Kind,
  version: 1,
  description: 'A message whose content fits a JSON Schema.',
  config: () => Config,
  create: (config) => new StructuredMessageFactory(config)
}

/** Makes a factory of a zod schema; `title` among its metadata names the message's type. */
export function structured(content: z.ZodType, format?: string | null): StructuredMessageFactory {
  if (!(content instanceof z.ZodObject))
    throw new Error('The shape of an answer is an object: z.object({ … }).')
  const { $schema: _, ...json_schema } = z.toJSONSchema(content)
  const title = typeof json_schema.title === 'string' ? json_schema.title : 'GeneratedContentModel'
  return make(structuredMessageFactory, { json_schema, content_model_name: title, format_string: format })
}
