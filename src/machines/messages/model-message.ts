import { z } from 'zod'

/** Tokens a model used, as it counted them itself. Source: autogen-core `RequestUsage`. */
export const Usage = z.object({ prompt_tokens: z.int(), completion_tokens: z.int() })
export type Usage = z.infer<typeof Usage>

/** A picture as base64 PNG, JPEG, GIF or WebP data without a data-URL prefix. */
export const Image = z.object({ data: z.string() })
export type Image = z.infer<typeof Image>

/** A model's wish to call a tool. `arguments` is the JSON text as the model wrote it, perhaps not JSON at all. */
export const FunctionCall = z.object({ id: z.string(), arguments: z.string(), name: z.string() })
export type FunctionCall = z.infer<typeof FunctionCall>

/** What a tool call came to. */
export const FunctionResult = z.object({
  content: z.string(),
  name: z.string().default(''),
  call_id: z.string(),
  is_error: z.boolean().nullish()
})
export type FunctionResult = z.infer<typeof FunctionResult>

/** The messages a model is given. Source: autogen-core `LLMMessage`; saved agent states hold them in this shape. */
export const ModelMessage = z.discriminatedUnion('type', [
  z.object({ content: z.string(), type: z.literal('SystemMessage') }),
  z.object({
    content: z.union([z.string(), z.array(z.union([z.string(), Image]))]),
    source: z.string(),
    type: z.literal('UserMessage')
  }),
  z.object({
    content: z.union([z.string(), z.array(FunctionCall)]),
    thought: z.string().nullable().default(null),
    source: z.string(),
    type: z.literal('AssistantMessage')
  }),
  z.object({ content: z.array(FunctionResult), type: z.literal('FunctionExecutionResultMessage') })
])
export type ModelMessage = z.infer<typeof ModelMessage>
