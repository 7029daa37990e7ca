import { createOpenAI } from '@ai-sdk/openai'
import type { Settings } from '../ai-sdk/request.ts'
import { sdkConnection } from '../ai-sdk/sdk-connection.ts'
import type { ModelRequest } from '../model.ts'
import type { Connection } from '../service/service.ts'
import { abilities, defined } from '../service/service-config.ts'
import { secretsOf } from '../wire/secrets.ts'
import type { Access, OpenAIConfig } from './access.ts'
import { styleOf } from './chat-config.ts'

/** A way to OpenAI's Responses API, by the AI SDK's provider. */
export function responsesConnection(config: OpenAIConfig, access: Access): Connection {
  const { url, key, keyFrom, organization, headers } = access
  const { model } = config
  return sdkConnection({
    place: { model, origin: new URL(url).origin, keyFrom, secrets: secretsOf(url, key, headers) },
    account: [url, model, key].join('\n'),
    language: (fetch) =>
      createOpenAI({
        apiKey: key,
        baseURL: url,
        organization,
        headers,
        fetch
      }).responses(model),
    settings: (request) => settingsOf(config, request),
    style: { ...styleOf(config, abilities(config)), names: false }
  })
}

function settingsOf(config: OpenAIConfig, { tools }: ModelRequest): Settings {
  const { response_format: format } = config
  return defined({
    temperature: config.temperature,
    topP: config.top_p,
    maxOutputTokens: config.max_completion_tokens ?? config.max_tokens,
    responseFormat:
      format && format.type !== 'text'
        ? defined({ ...format.json_schema, strict: null, type: 'json' })
        : null,
    providerOptions: {
      openai: defined({
        user: config.user,
        reasoningEffort: config.reasoning_effort,
        reasoningSummary: 'auto',
        parallelToolCalls: tools?.length ? config.parallel_tool_calls : null,
        strictJsonSchema: format?.json_schema?.strict ?? false,
        // Nothing is left with the service: each request holds the whole conversation.
        store: false,
        systemMessageMode: 'system'
      })
    }
  }) as Settings
}
