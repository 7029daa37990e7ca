import type { ComponentModel } from '../../machines/component/component.ts'
import { model, prepared } from './parts.ts'

/** The model that the gallery's agents have: its key is in the config or in OPENAI_API_KEY. */
export const openai: ComponentModel = model(
  'autogen_ext.models.openai.OpenAIChatCompletionClient',
  { label: 'OpenAI GPT-4o mini', description: 'A small model of OpenAI; takes its key from OPENAI_API_KEY.' },
  { model: 'gpt-4o-mini' }
)

const azure = model(
  'autogen_ext.models.openai.AzureOpenAIChatCompletionClient',
  { label: 'Azure OpenAI', description: 'A deployment in Azure; set its endpoint and its key.' },
  {
    model: 'gpt-4o-mini',
    azure_endpoint: 'https://your-resource.openai.azure.com/',
    azure_deployment: 'your-deployment',
    api_version: '2024-06-01'
  }
)

const anthropic = model(
  'autogen_ext.models.anthropic.AnthropicChatCompletionClient',
  { label: 'Anthropic Claude', description: 'A model of Anthropic; takes its key from ANTHROPIC_API_KEY.' },
  { model: 'claude-3-5-sonnet-20240620', max_tokens: 4096 }
)

const local = model(
  'autogen_ext.models.openai.OpenAIChatCompletionClient',
  {
    label: 'Local server',
    description: "Any server that speaks OpenAI's protocol, such as vLLM or LM Studio; set its address."
  },
  {
    model: 'your-model',
    base_url: 'http://localhost:1234/v1',
    model_info: {
      vision: false,
      function_calling: true,
      json_output: false,
      structured_output: false,
      family: 'unknown'
    }
  }
)

const ollama = model(
  'autogen_ext.models.ollama.OllamaChatCompletionClient',
  { label: 'Ollama', description: 'A model that Ollama serves on this machine.' },
  { model: 'llama3.2' }
)

const replay = prepared(['A first answer.', 'A second answer.', 'DONE'])

/** The models of the default gallery. */
export const models: readonly ComponentModel[] = [openai, azure, anthropic, ollama, local, replay]
