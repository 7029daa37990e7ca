import { z } from 'zod'
import { valueError } from './model-error.ts'

/** What a model can do, as a config says it. Source: autogen-core `ModelInfo`. */
export const Info = z.looseObject({
  vision: z.boolean(),
  function_calling: z.boolean(),
  json_output: z.boolean(),
  family: z.string(),
  structured_output: z.boolean().default(false),
  multiple_system_messages: z.boolean().nullish()
})
export type Info = z.infer<typeof Info>

/** A model of which nothing is known. */
export const unknownInfo: Info = {
  vision: false,
  function_calling: false,
  json_output: false,
  family: 'unknown',
  structured_output: false
}

// Beginning of the name, family, abilities: v vision, f functions, j JSON, s structured output,
// m several system messages. The longest beginning that ends at a word's end counts.
const known: [prefix: string, family: string, can: string][] = [
  ['gpt-5', 'gpt-5', 'vfjsm'],
  ['gpt-4.5', 'gpt-45', 'vfjsm'],
  ['gpt-4.1', 'gpt-41', 'vfjsm'],
  ['gpt-4o', 'gpt-4o', 'vfjsm'],
  ['gpt-4o-2024-05-13', 'gpt-4o', 'vfjm'],
  ['gpt-4o-search-preview', 'gpt-4o', 'fjsm'],
  ['gpt-4o-mini-search-preview', 'gpt-4o', 'fjsm'],
  ['gpt-4-turbo', 'gpt-4', 'vfjm'],
  ['gpt-4-turbo-preview', 'gpt-4', 'fjm'],
  ['gpt-4-1106-vision-preview', 'gpt-4', 'vm'],
  ['gpt-4', 'gpt-4', 'fjm'],
  ['gpt-3.5', 'gpt-35', 'fjm'],
  ['gpt-35', 'gpt-35', 'fjm'],
  ['o1', 'o1', 'fsm'],
  ['o1-mini', 'o1', 'm'],
  ['o3', 'o3', 'vfjsm'],
  ['o3-mini', 'o3', 'fjsm'],
  ['o4', 'o4', 'vfjsm'],
  ['gemini', 'unknown', 'vfjs'],
  ['gemini-1.5-flash', 'gemini-1.5-flash', 'vfjs'],
  ['gemini-1.5-pro', 'gemini-1.5-pro', 'vfjs'],
  ['gemini-2.0-flash', 'gemini-2.0-flash', 'vfjs'],
  ['gemini-2.5-pro', 'gemini-2.5-pro', 'vfjs'],
  ['gemini-2.5-flash', 'gemini-2.5-flash', 'vfjs'],
  ['claude', 'unknown', 'vfm'],
  ['claude-3-haiku', 'claude-3-haiku', 'vfm'],
  ['claude-3-sonnet', 'claude-3-sonnet', 'vfm'],
  ['claude-3-opus', 'claude-3-opus', 'vfm'],
  ['claude-3-5-haiku', 'claude-3-5-haiku', 'vfm'],
  ['claude-3-5-sonnet', 'claude-3-5-sonnet', 'vfm'],
  ['claude-3-7-sonnet', 'claude-3-7-sonnet', 'vfm'],
  ['claude-sonnet-4', 'claude-4-sonnet', 'vfm'],
  ['claude-4-sonnet', 'claude-4-sonnet', 'vfm'],
  ['claude-opus-4', 'claude-4-opus', 'vfm'],
  ['claude-4-opus', 'claude-4-opus', 'vfm'],
  ['llama-3.3-8b', 'llama-3.3-8b', 'fjm'],
  ['llama-3.3-70b', 'llama-3.3-70b', 'fjm'],
  ['llama-4-scout', 'llama-4-scout', 'vfjsm'],
  ['llama-4-maverick', 'llama-4-maverick', 'vfjsm']
]
known.sort((a, b) => b[0].length - a[0].length)

/** What a model with this name can do; an unknown name is an error, as in AutoGen. */
export function infoOf(model: string): Info {
  const name = model.toLowerCase()
  const row = known.find(
    ([prefix]) => name.startsWith(prefix) && !/[a-z0-9]/.test(name.charAt(prefix.length))
  )
  if (!row) {
    throw valueError(
      `model_info is required when model name is not a valid OpenAI model; nothing is known about "${model}".`
    )
  }
  const [, family, can] = row
  return {
    vision: can.includes('v'),
    function_calling: can.includes('f'),
    json_output: can.includes('j'),
    family,
    structured_output: can.includes('s'),
    multiple_system_messages: can.includes('m')
  }
}

/** A model that can do everything, as those are taken of whose name nothing is known. */
export const everything: Info = {
  vision: true,
  function_calling: true,
  json_output: true,
  structured_output: true,
  family: 'unknown'
}
