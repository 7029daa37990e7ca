import type { CreateMessageRequest, CreateMessageResult } from '@modelcontextprotocol/sdk/types.js'
import { z } from 'zod'
import type { ComponentType, Kind, Nested } from '../../../machines/component/component.ts'
import type { ModelMessage } from '../../../machines/messages/index.ts'
import { askModel } from '../../models/ask-model.ts'
import type { Model, ModelCall } from '../../models/model.ts'

/** Gives a server the answer of a model. */
export interface Sampler {
  sample(request: CreateMessageRequest['params'], call: ModelCall): Promise<CreateMessageResult>
}

/** What an MCP server may ask of us while it works. Source: autogen-ext `McpSessionHost`. */
export interface McpHost {
  sampler: Sampler | null
  roots: readonly { uri: string; name?: string | null }[] | null
}

const stops: Record<string, string> = { stop: 'endTurn', length: 'maxTokens' }

class ModelSampler implements Sampler {
  readonly #model: Model

  constructor(model: Model) {
    this.#model = model
  }

  async sample(request: CreateMessageRequest['params'], call: ModelCall): Promise<CreateMessageResult> {
    const { systemPrompt } = request
    const messages: ModelMessage[] = [
      ...(systemPrompt ? [{ type: 'SystemMessage' as const, content: systemPrompt }] : []),
      ...request.messages.map((message) => this.#message(message))
    ]
    const { content, finish_reason } = await askModel(this.#model, { messages, stream: false }, call)
    return {
      role: 'assistant',
      model: this.#model.info.family,
      stopReason: stops[finish_reason] ?? finish_reason,
      content: { type: 'text', text: typeof content === 'string' ? content : JSON.stringify(content) }
    }
  }

  #message({ role, content }: CreateMessageRequest['params']['messages'][number]): ModelMessage {
    const parts = [content].flat()
    const texts = parts.map((part) => (part.type === 'text' ? part.text : undefined))
    if (role === 'assistant') {
      return { type: 'AssistantMessage', content: texts.join('\n'), thought: null, source: 'assistant' }
    }
    const pictures = parts.some(({ type }) => type === 'image')
    if (pictures && !this.#model.info.vision)
      throw new Error('The model that is asked for the server sees no pictures.')
    const said = parts.map((part) =>
      part.type === 'image' ? { data: part.data } : part.type === 'text' ? part.text : ''
    )
    return { type: 'UserMessage', content: pictures ? said : texts.join('\n'), source: 'user' }
  }
}

const SamplerConfig = (nested: Nested) => z.looseObject({ client_config: nested<Model>('model') })

/** A sampler that asks a model. */
export const modelSampler: ComponentType<Sampler, z.infer<ReturnType<typeof SamplerConfig>>> = {
  provider: 'autogen_ext.tools.mcp.ChatCompletionClientSampler',
  kind: 'mcp_sampler' as Kind,
  version: 1,
  description: 'Lets an MCP server ask a model.',
  config: SamplerConfig,
  create: ({ client_config }) => new ModelSampler(client_config)
}

const ElicitorConfig = z.looseObject({ timeout: z.number().nullish() })

/** AutoGen's elicitor on a terminal: here the person of the run is asked, with or without it. */
export const stdioElicitor: ComponentType<object, z.infer<typeof ElicitorConfig>> = {
  provider: 'autogen_ext.tools.mcp.StdioElicitor',
  kind: 'mcp_elicitor' as Kind,
  version: 1,
  description: 'Lets an MCP server ask the person of the run.',
  config: () => ElicitorConfig,
  create: () => ({})
}

const RootsConfig = z.looseObject({
  roots: z.array(z.looseObject({ uri: z.string(), name: z.string().nullish() }))
})
type Roots = z.infer<typeof RootsConfig>

/** The roots that are given to a server. */
export const staticRoots: ComponentType<Roots, Roots> = {
  provider: 'autogen_ext.tools.mcp.StaticRootsProvider',
  kind: 'mcp_roots_provider' as Kind,
  version: 1,
  description: 'Tells an MCP server of folders.',
  config: () => RootsConfig,
  create: (config) => ({ ...config })
}

const HostConfig = (nested: Nested) =>
  z.looseObject({
    sampler: nested<Sampler>('mcp_sampler' as Kind).nullish(),
    elicitor: nested<object>('mcp_elicitor' as Kind).nullish(),
    roots: nested<Roots>('mcp_roots_provider' as Kind).nullish()
  })

/** The component type of what answers an MCP server's own questions. */
export const mcpHost: ComponentType<McpHost, z.infer<ReturnType<typeof HostConfig>>> = {
  provider: 'autogen_ext.tools.mcp.McpSessionHost',
  kind: 'mcp_session_host' as Kind,
  version: 1,
  description: 'Answers what an MCP server asks.',
  config: HostConfig,
  create: ({ sampler, roots }) => ({ sampler: sampler ?? null, roots: roots?.roots ?? null })
}
