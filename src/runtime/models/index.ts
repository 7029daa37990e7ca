import { azureOpenai } from './azure-openai.ts'
import { openai } from './openai.ts'
import { replay } from './replay.ts'

/** All models a config may name. */
export const models = [replay, openai, azureOpenai] as const
