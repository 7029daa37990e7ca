import { valueError } from '../model-error.ts'
import type { Info } from '../model-info.ts'

const seeing = 'llama3.2-vision llava llava-llama3 qwen2.5vl'
const calling =
  'command-r llama3 llama3.1 llama3.2 llama3.3 mistral mistral-nemo mixtral qwen2 qwen2.5 qwen2.5-coder qwen3'
const plain =
  'all-minilm bge-m3 codegemma codellama deepseek-coder deepseek-coder-v2 deepseek-r1 dolphin-llama3 ' +
  'dolphin-mistral dolphin-mixtral gemma gemma2 llama2 llama2-uncensored mxbai-embed-large nomic-embed-text ' +
  'orca-mini phi phi3 phi3.5 phi4 qwen snowflake-arctic-embed starcoder2 tinyllama wizardlm2 yi zephyr'
const names = (list: string) => new Set(list.split(' '))
const known = { seeing: names(seeing), calling: names(calling), plain: names(plain) }

/** What a model of Ollama's library can do; the part of its name after the colon does not count. */
export function ollamaInfo(model: string): Info {
  const name = model.split(':')[0]!
  const vision = known.seeing.has(name)
  const function_calling = known.calling.has(name)
  if (!vision && !function_calling && !known.plain.has(name)) {
    throw valueError(
      `model_info is required when model name is not a valid OpenAI model; nothing is known about "${model}".`
    )
  }
  return {
    vision,
    function_calling,
    json_output: true,
    structured_output: true,
    family: name === 'deepseek-r1' ? 'r1' : 'unknown',
    multiple_system_messages: true
  }
}
