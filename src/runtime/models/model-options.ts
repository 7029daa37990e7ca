import type { ModelInfo } from './model.ts'

/** What every model of a service may be told. */
export interface ServiceOptions {
  /** Seconds that a call may take, all tries together; 600 unless told. */
  timeout?: number
  /** How often a call that failed is tried again where that may help; 2 unless told. */
  maxRetries?: number
  /** How many calls to this model with this key may run at once in this process; no limit unless told. */
  maxConcurrency?: number
  /** What the model can do, where that does not follow from its name. */
  modelInfo?: Partial<ModelInfo>
}

/** What a model behind an address may be told. */
export interface AddressOptions {
  /** The key; unless told, from the environment variable of the service, such as `OPENAI_API_KEY`. */
  apiKey?: string
  /** Where the service is: `https://api.openai.com/v1`; its usual address unless told. */
  baseUrl?: string
  /** Headers that go along with each request. */
  defaultHeaders?: Record<string, string>
}

/** What shapes a model's answers. */
export interface SamplingOptions {
  /** From 0, always the likeliest word, up. */
  temperature?: number
  /** Only words that together have this probability: 0 to 1. */
  topP?: number
  /** The most tokens of an answer. */
  maxTokens?: number
}

/** What a model that speaks OpenAI's chat completions may be told. */
export interface ChatOptions extends ServiceOptions, SamplingOptions {
  apiKey?: string
  defaultHeaders?: Record<string, string>
  /** Texts at which an answer ends. */
  stop?: string | string[]
  /** The same seed gives much the same answer, where the service knows it. */
  seed?: number
  /** From -2 to 2: how much a word is avoided the more often it has come. */
  frequencyPenalty?: number
  /** From -2 to 2: how much a word is avoided that has come at all. */
  presencePenalty?: number
  /** By token: how much likelier or unlikelier it is made, from -100 to 100. */
  logitBias?: Record<string, number>
  /** Names the end user to the service. */
  user?: string
  /** Whether the model may call several tools at once. */
  parallelToolCalls?: boolean
  /** How much a model thinks first: `minimal`, `low`, `medium`, `high`, or what else the service knows. */
  reasoningEffort?: string
  /** Fields that are sent as they are, for what a service knows besides. */
  extraBody?: Record<string, unknown>
  /** Whether each message begins with the name of who said it. */
  addNamePrefixes?: boolean
  /** Whether messages are sent with the name of their source; on by default. */
  includeNameInMessage?: boolean
}

/** What one of OpenAI's models, or of a compatible server, may be told. */
export interface OpenAIOptions extends ChatOptions, AddressOptions {
  /** Which of OpenAI's protocols is spoken; chat completions, which every compatible server knows, unless told. */
  api?: 'chat' | 'responses'
  organization?: string
}

/** What a model of a server that speaks OpenAI's chat completions may be told. */
export interface OpenAICompatibleOptions extends ChatOptions {
  /** Where the server is: `http://127.0.0.1:8000/v1`. */
  baseUrl: string
}

/** What a model in Azure may be told. */
export interface AzureOpenAIOptions extends ChatOptions {
  /** `https://<name>.openai.azure.com`. */
  azureEndpoint: string
  /** The version of the API: `2024-10-21`. */
  apiVersion: string
  /** The model's name unless told. */
  azureDeployment?: string
  /** A token of Entra ID instead of a key. */
  azureAdToken?: string
}

/** What one of Anthropic's models may be told. */
export interface AnthropicOptions extends ServiceOptions, SamplingOptions, AddressOptions {
  /** Only the likeliest so many words. */
  topK?: number
  /** Texts at which an answer ends. */
  stopSequences?: string[]
  /** Lets the model think first; `budget_tokens` are a part of `maxTokens`. */
  thinking?: { type: 'enabled' | 'disabled'; budget_tokens?: number }
  /** Names the end user to the service. */
  metadata?: { user_id?: string }
}

/** What a model that Ollama serves may be told. */
export interface OllamaOptions extends ServiceOptions {
  /** `OLLAMA_HOST` or `http://127.0.0.1:11434` unless told. */
  host?: string
  headers?: Record<string, string>
  followRedirects?: boolean
  /** Ollama's own options, under its names: `{ temperature: 0, num_ctx: 8192 }`. */
  options?: Record<string, unknown>
  /** How long the model stays loaded: seconds, or `5m`. */
  keepAlive?: string | number
  /** Whether, and how much, the model is to think first. */
  think?: boolean | 'low' | 'medium' | 'high'
}

/** What one of Google's models may be told. */
export interface GoogleOptions extends ServiceOptions, SamplingOptions, AddressOptions {
  /** Only the likeliest so many words. */
  topK?: number
  /** The same seed gives much the same answer. */
  seed?: number
  /** Texts at which an answer ends. */
  stop?: string | string[]
  /** How much the model may think, in tokens; 0 switches it off where the model allows that. */
  thinkingBudget?: number
  /** Whether its thoughts are in the answer. */
  includeThoughts?: boolean
  /** Google's own: `[{ category: 'HARM_CATEGORY_…', threshold: 'BLOCK_NONE' }]`. */
  safetySettings?: { category: string; threshold: string }[]
}

/** What a model with given answers may be told. */
export interface ReplayOptions {
  /** What it says it can do: everything unless told. */
  modelInfo?: Partial<ModelInfo>
  /** Milliseconds each call takes. */
  delayMs?: number
  /** Milliseconds between two pieces of an answer that is shown while it is written. */
  chunkDelayMs?: number
}
