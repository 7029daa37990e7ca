import type { z } from 'zod'
import type { ComponentType } from '../../machines/component/component.ts'
import { make, type Nested } from '../../machines/component/component.ts'
import { readConfig } from '../../machines/component/define.ts'
import type { Usage } from '../../machines/messages/index.ts'
import { demandOptions } from '../../machines/shared/option-names.ts'
import { type AnthropicConfig, anthropic as anthropicType } from './anthropic/anthropic.ts'
import { type ClosableModel, closable } from './closable.ts'
import { type GeminiConfig, gemini as geminiType } from './google/gemini.ts'
import type { Model, ModelInfo } from './model.ts'
import { everything, infoOf } from './model-info.ts'
import type {
  AnthropicOptions,
  AzureOpenAIOptions,
  GoogleOptions,
  OllamaOptions,
  OpenAICompatibleOptions,
  OpenAIOptions,
  ReplayOptions,
  ServiceOptions
} from './model-options.ts'
import { type OllamaConfig, ollama as ollamaType } from './ollama/ollama.ts'
import type { OpenAIConfig } from './openai/access.ts'
import { type AzureConfig, azureOpenai as azureType } from './openai/azure-openai.ts'
import { openai as openaiType } from './openai/openai.ts'
import { replay as replayType } from './replay/replay.ts'

/** A config without the fields of which nothing is known. */
type Strict<Config> = {
  [Key in keyof Config as string extends Key ? never : Key]: Config[Key]
}
const nothing: Nested = () => {
  throw new Error('A model holds no other components.')
}

/** Makes a model of its config. Throws `unknown_option` or `bad_component` where it does not fit. */
function made<Config extends object>(
  what: string,
  type: ComponentType<Model, Config>,
  given: object
): ClosableModel {
  return closable(make(type, readConfig(what, type.config(nothing), given)))
}

/** The models in the words of a component file: `models.openai({ model: 'gpt-4o-mini', base_url: '…' })`. */
export const models = {
  openai: (config: Strict<OpenAIConfig>): ClosableModel => made('models.openai', openaiType, config),
  azureOpenai: (config: Strict<AzureConfig>): ClosableModel => made('models.azureOpenai', azureType, config),
  anthropic: (config: Strict<AnthropicConfig>): ClosableModel =>
    made('models.anthropic', anthropicType, config),
  ollama: (config: Strict<OllamaConfig>): ClosableModel => made('models.ollama', ollamaType, config),
  google: (config: Strict<GeminiConfig>): ClosableModel => made('models.google', geminiType, config),
  /** Gives these answers, one after the other; for tests and for trying things out. It may be given tools. */
  replay: (answers: readonly unknown[], can: Partial<ModelInfo> = {}): ClosableModel =>
    replay(answers as readonly ReplayAnswer[], { modelInfo: can })
}

/** A tool that a given answer calls; the arguments as an object, or as the JSON that a model would write. */
export interface ReplayCall {
  id?: string
  name: string
  arguments: string | object
}

/** An answer that is given: a text, tool calls, or all that an answer may have. */
export type ReplayAnswer =
  | string
  | {
      /** A text, or the tools to be called. */
      content: string | readonly ReplayCall[]
      /** What follows from the content, unless told. */
      finish_reason?: string
      /** None unless told. */
      usage?: Usage
      thought?: string | null
      cached?: boolean
    }

/** One of OpenAI's models, or of any server that speaks as OpenAI's chat completions do. */
export const openai = (model: string, options: OpenAIOptions = {}): ClosableModel =>
  ofService('openai', openaiType, model, options)

/** A model of a server that speaks OpenAI's chat completions; many of these need no key. */
export const openaiCompatible = (model: string, options: OpenAICompatibleOptions): ClosableModel =>
  ofService('openaiCompatible', openaiType, model, { apiKey: 'none', ...options })

/** One of OpenAI's models in Azure. */
export const azureOpenAI = (model: string, options: AzureOpenAIOptions): ClosableModel =>
  ofService('azureOpenAI', azureType, model, options)

/** One of Anthropic's models. */
export const anthropic = (model: string, options: AnthropicOptions = {}): ClosableModel =>
  ofService('anthropic', anthropicType, model, options)

/** A model that Ollama serves. */
export const ollama = (model: string, options: OllamaOptions = {}): ClosableModel =>
  ofService('ollama', ollamaType, model, options)

/** One of Google's Gemini models. */
export const google = (model: string, options: GoogleOptions = {}): ClosableModel =>
  ofService('google', geminiType, model, options)

/** Gives these answers, one after the other, without a model. */
export function replay(answers: readonly ReplayAnswer[], options: ReplayOptions = {}): ClosableModel {
  const { modelInfo, ...rest } = options
  demandOptions('replay', options, ['modelInfo', 'delayMs', 'chunkDelayMs'])
  const config = {
    chat_completions: answers.map(wholeAnswer),
    model_info: { ...everything, ...modelInfo },
    ...inConfigWords(rest)
  }
  return made('replay', replayType, config)
}

/** An answer with what it leaves open filled in; a text stays one, its words are counted. */
function wholeAnswer(answer: ReplayAnswer, index: number): unknown {
  if (typeof answer === 'string') return answer
  const { content, ...rest } = answer
  if (typeof content === 'string') return { finish_reason: 'stop', usage: none, content, ...rest }
  const calls = content.map(({ id, name, arguments: args }, i) => ({
    id: id ?? `call_${index + 1}_${i + 1}`,
    name,
    arguments: typeof args === 'string' ? args : JSON.stringify(args)
  }))
  return { finish_reason: 'function_calls', usage: none, ...rest, content: calls }
}

const none: Usage = { prompt_tokens: 0, completion_tokens: 0 }

/** Makes a model of a service; what its name does not tell of what it can do is taken for granted. */
function ofService<Config extends object>(
  what: string,
  type: ComponentType<Model, Config>,
  model: string,
  options: ServiceOptions
): ClosableModel {
  const { modelInfo, ...rest } = options
  demandOptions(what, options, ['modelInfo', ...optionNames(type)])
  const known = knownInfo(model)
  const info = modelInfo || !known ? { model_info: { ...(known ?? everything), ...modelInfo } } : {}
  return made(what, type, { model, ...inConfigWords(rest), ...info })
}

/** What is known of a name; undefined where nothing is. */
function knownInfo(model: string): ModelInfo | undefined {
  try {
    return infoOf(model)
  } catch {
    return undefined
  }
}

/** The names of a config's fields as options have them: `base_url` is `baseUrl`. */
function optionNames<Config extends object>(type: ComponentType<Model, Config>): string[] {
  const schema = type.config(nothing) as unknown as z.ZodObject
  return Object.keys(schema.shape)
    .filter((field) => field !== 'model' && field !== 'model_info')
    .map((field) => field.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()))
}

const inConfigWords = (options: object): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(options).map(([name, value]) => [
      name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      value
    ])
  )
