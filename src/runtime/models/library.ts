import type { z } from 'zod'
import { type ComponentType, make, type Nested } from '../../machines/component/component.ts'
import { explain, TroupeError } from '../../protocol/errors.ts'
import { anthropic } from './anthropic/anthropic.ts'
import type { Model, ModelInfo } from './model.ts'
import { ollama } from './ollama/ollama.ts'
import { azureOpenai } from './openai/azure-openai.ts'
import { openai } from './openai/openai.ts'
import { replay } from './replay/replay.ts'

const nothing: Nested = () => {
  throw new Error('A model holds no other components.')
}

/** Makes a model of its config, in the words of a component file. Throws `bad_component` where it does not fit. */
const maker =
  <Config extends object>(type: ComponentType<Model, Config>) =>
  (config: z.input<ReturnType<typeof type.config>>): Model => {
    const parsed = type.config(nothing).safeParse(config)
    if (!parsed.success) throw new TroupeError('bad_component', explain(parsed.error))
    return make(type, parsed.data)
  }

const everything: ModelInfo = {
  vision: true,
  function_calling: true,
  json_output: true,
  structured_output: true,
  family: 'unknown'
}

/** The models, for those who write no component files: `models.openai({ model: 'gpt-4o-mini' })`. */
export const models = {
  openai: maker(openai),
  azureOpenai: maker(azureOpenai),
  anthropic: maker(anthropic),
  ollama: maker(ollama),
  /** Gives these answers, one after the other; for tests and for trying things out. It may be given tools. */
  replay: (answers: readonly unknown[], can: Partial<ModelInfo> = {}) =>
    maker(replay)({ chat_completions: [...answers], model_info: { ...everything, ...can } } as never)
}
