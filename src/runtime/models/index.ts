import { anthropic } from './anthropic.ts'
import { azureOpenai } from './azure-openai.ts'
import { ollama } from './ollama.ts'
import { openai } from './openai.ts'
import { replay } from './replay.ts'

/** All models a config may name. */
export const models = [replay, openai, azureOpenai, anthropic, ollama] as const
