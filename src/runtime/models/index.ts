import { anthropic } from './anthropic/anthropic.ts'
import { gemini } from './google/gemini.ts'
import { ollama } from './ollama/ollama.ts'
import { azureOpenai } from './openai/azure-openai.ts'
import { openai } from './openai/openai.ts'
import { replay } from './replay/replay.ts'

/** All models a config may name. */
export const models = [replay, openai, azureOpenai, anthropic, ollama, gemini] as const
