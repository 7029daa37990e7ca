import {
  type ConfigSchema,
  type Definition,
  definition,
  schemaFunction
} from '../../machines/component/define.ts'
import type { FunctionCall, Usage } from '../../machines/messages/index.ts'
import { type ClosableModel, closable } from '../models/closable.ts'
import type { ModelCall, ModelInfo, ModelRequest, ModelResult } from '../models/model.ts'
import { everything } from '../models/model-info.ts'

/** What a model of one's own answers: a text, or a result of which only the content has to be given. */
export type ModelAnswer =
  | string
  | (Partial<Omit<ModelResult, 'content'>> & { content: string | FunctionCall[] })

/** What makes a kind of model of one's own. */
export interface ModelDefinition<Config extends object, Given> {
  /** The name under which configs find it: `my.models.Echo`. */
  provider: string
  description?: string
  /** The schema of its config; empty where it is left out. */
  config?: ConfigSchema<Config, Given>
  /** What its models can do; everything unless told. */
  info?: Partial<ModelInfo>
  /** Answers a request. What it throws ends the turn, unless the agent tries again. */
  create(request: ModelRequest, call: ModelCall, config: Config): ModelAnswer | Promise<ModelAnswer>
  /** Gives back what a model holds of the world. */
  close?(config: Config): void
}

/** Declares a kind of model as a component. Called with its config, it makes such a model. */
export const defineModel = <Config extends object, Given = Config>({
  provider,
  description = `A model of the kind "${provider}".`,
  config,
  info,
  create,
  close
}: ModelDefinition<Config, Given>): Definition<ClosableModel, Config, Given> =>
  definition<ClosableModel, Config, Given>({
    ...{ provider, description, config: schemaFunction(config) },
    kind: 'model',
    version: 1,
    create: (given) =>
      closable({
        info: { ...everything, ...info },
        create: async (request, call) => resultOf(await create(request, call, given)),
        close: () => close?.(given)
      })
  })

const nothing: Usage = { prompt_tokens: 0, completion_tokens: 0 }

function resultOf(answer: ModelAnswer): ModelResult {
  const given = typeof answer === 'string' ? { content: answer } : answer
  const finish_reason = typeof given.content === 'string' ? 'stop' : 'function_calls'
  return { finish_reason, usage: nothing, cached: false, thought: null, ...given }
}
