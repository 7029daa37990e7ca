import type { FunctionCall, ModelMessage, Usage } from '../../machines/messages/index.ts'
import type { Network } from '../network/network.ts'
import type { ActivityScope } from '../shared/telemetry/activity.ts'

/** What a model can do, in AutoGen's words. */
export interface ModelInfo {
  vision: boolean
  function_calling: boolean
  json_output: boolean
  structured_output: boolean
  family: string
}

/** A tool as a model sees it; `parameters` is a JSON Schema object. */
export interface ToolSchema {
  name: string
  description: string
  parameters: Record<string, unknown>
  strict?: boolean
}

export interface ModelRequest {
  messages: readonly ModelMessage[]
  tools?: readonly ToolSchema[]
  /** `'none'` forbids calls although the history holds some. */
  toolChoice?: 'auto' | 'none'
  /** `true` asks for any JSON, a JSON Schema for an answer that fits it. */
  json?: boolean | Record<string, unknown>
  stream: boolean
}

/** A model's answer, as JSON, so that it can be journaled. Source: autogen-core `CreateResult`. */
export interface ModelResult {
  finish_reason: 'stop' | 'length' | 'function_calls' | 'content_filter' | 'unknown'
  content: string | FunctionCall[]
  usage: Usage
  cached: boolean
  thought: string | null
}

/** A record of one call to a model service, for clients that show them. Secrets are not in it. */
export interface ModelCallRecord {
  type: 'LLMCall'
  messages: unknown[]
  response: unknown
  prompt_tokens: number
  completion_tokens: number
  agent_id: string | null
}

/** The circumstances of one call. */
export interface ModelCall {
  signal: AbortSignal
  /** The same for every try of the same step of the same run. */
  idempotencyKey: string
  /** The caller's environment variables: those of its user before those of the process. */
  env: Readonly<Record<string, string | undefined>>
  /** The way out for requests; by default that of the process. */
  network?: Network
  /** Pieces of the answer as they come, only when `stream` was asked for. */
  onChunk?(text: string): void
  /** Lets other runs have the event loop, in a model that works for long without waiting. */
  yieldToOthers?(): Promise<void>
  /** Follows the calls, for metrics and traces. */
  activity?: ActivityScope
  /** The record of the call, from models that talk to a service. */
  onRecord?(record: ModelCallRecord): void
}

/** What an agent asks of a model. Errors are thrown with a text a person can act on, never with a secret in it. */
export interface Model {
  readonly info: ModelInfo
  create(request: ModelRequest, call: ModelCall): Promise<ModelResult>
  /** Told instead of `create` when a journaled answer is used again; a model with a position moves on. */
  replayed?(): void
  close?(): void
}
