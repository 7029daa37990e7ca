import { z } from 'zod'
import { valueError } from '../model-error.ts'
import { Info, infoOf, unknownInfo } from '../model-info.ts'

/** What the configs of all model services have in common. */
export const ServiceConfig = z.looseObject({
  model: z.string().min(1),
  /** Seconds, by default 600. */
  timeout: z.number().positive().nullish(),
  max_retries: z.int().nonnegative().nullish(),
  model_info: Info.nullish(),
  model_capabilities: z.looseObject(Info.partial().shape).nullish(),
  /** How many calls to this model with this key may run at once in this process. */
  max_concurrency: z.int().positive().nullish()
})
export type ServiceConfig = z.infer<typeof ServiceConfig>

/** How long, how often and how many at once, as a config says. */
export const patience = ({ timeout, max_retries, max_concurrency }: ServiceConfig) => ({
  timeout: (timeout ?? 600) * 1000,
  retries: max_retries ?? 2,
  maxConcurrency: max_concurrency
})

/** What a model can do, as its config says or as is known of its name. */
export function abilities(
  { model, model_info, model_capabilities }: ServiceConfig,
  known: (model: string) => Info = infoOf
): Info {
  if (model_info && model_capabilities)
    throw valueError('model_capabilities and model_info are mutually exclusive')
  if (model_capabilities) return { ...unknownInfo, ...model_capabilities, family: 'unknown' }
  return model_info ?? known(model)
}

/** Leaves out what a config leaves open. */
export const defined = (settings: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== null && value !== undefined))
