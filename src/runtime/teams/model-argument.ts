import { TroupeError } from '../../protocol/errors.ts'
import type { Model } from '../models/model.ts'

/** The model among options, under its short name or AutoGen's. */
export type ModelOption = { model: Model; modelClient?: never } | { modelClient: Model; model?: never }

/** Their names. */
export const modelOptionNames = ['model', 'modelClient'] as const

/** Tells a model from options. */
const isModel = (given: object): given is Model => 'create' in given && 'info' in given

/** Reads the arguments after the participants: a model and options, or options with the model among them. */
export function readModelArguments<Options extends object>(
  team: string,
  first: Model | (Options & ModelOption),
  second: Options | undefined
): { model: Model; options: Options } {
  if (isModel(first)) return { model: first, options: second ?? ({} as Options) }
  const { model, modelClient, ...options } = first as { model?: Model; modelClient?: Model } & Options
  const given = model ?? modelClient
  if (!given)
    throw new TroupeError('bad_component', `${team} needs a model: { model: openai('gpt-4o-mini') }.`)
  return { model: given, options: options as unknown as Options }
}
