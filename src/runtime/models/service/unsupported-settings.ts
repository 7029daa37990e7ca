import type { ModelRequest } from '../model.ts'
import { ModelError } from '../model-error.ts'
import type { Info } from '../model-info.ts'

/** Refuses what the model cannot do before its service is asked; in AutoGen's words. */
export function refuseUnsupported({ messages, tools, json }: ModelRequest, info: Info, model: string): void {
  const no = (what: string) =>
    new ModelError(`Model does not support ${what} (model "${model}", see model_info).`, { model })
  if (tools?.length && !info.function_calling) throw no('function calling')
  if (json === true && !info.json_output) throw no('JSON output')
  if (typeof json === 'object' && !info.structured_output) throw no('structured output')
  const images = messages.some(({ type, content }) => type === 'UserMessage' && hasImage(content))
  if (images && !info.vision) throw no('vision and image was provided')
}

const hasImage = (content: unknown) =>
  Array.isArray(content) && content.some((part) => typeof part !== 'string')
