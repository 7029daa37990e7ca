import { anthropic } from './anthropic/anthropic.ts'
import { ollama } from './ollama/ollama.ts'
import { azureOpenai } from './openai/azure-openai.ts'
import { openai } from './openai/openai.ts'
import { replay } from './replay/replay.ts'

/** All models a config may name. */
export const models = [replay, openai, azureOpenai, anthropic, ollama] as const
