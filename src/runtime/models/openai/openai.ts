import type { ComponentType } from '../../../machines/component/component.ts'
import { withoutTrailingSlashes } from '../../shared/trailing-slashes.ts'
import type { Model, ModelCall } from '../model.ts'
import type { Connection } from '../service/service.ts'
import { serviceModel } from '../service/service-model.ts'
import { requestHeaders } from '../wire/headers.ts'
import { secretsOf } from '../wire/secrets.ts'
import { type Access, accessOf, OpenAIConfig } from './access.ts'
import { ChatConnection } from './chat-completions.ts'
import { chatService, settingsOf, styleOf } from './chat-config.ts'

/** A way to chat completions. */
function chatConnection(config: OpenAIConfig, access: Access): Connection {
  const { url, key, keyFrom, organization, headers } = access
  const { model } = config
  const { info } = chatService(config)
  const address = new URL(url)
  const completions = new URL(
    `${withoutTrailingSlashes(address.pathname)}/chat/completions${address.search}`,
    address
  )
  const own = { authorization: `Bearer ${key}`, ...(organization && { 'openai-organization': organization }) }
  return new ChatConnection({
    place: { model, origin: address.origin, keyFrom, secrets: secretsOf(url, key, headers) },
    account: [url, model, key].join('\n'),
    url: completions,
    headers: requestHeaders(own, headers, address),
    ...{ model, settings: settingsOf(config, info), style: styleOf(config, info) }
  })
}

/** Keeps the last way: nearly every call takes the same one. */
function connecting(config: OpenAIConfig): (env: ModelCall['env']) => Connection | Promise<Connection> {
  let last: { access: Access; connection: Connection | Promise<Connection> } | undefined
  return (env: ModelCall['env']) => {
    const access = accessOf(config, env)
    if (last && same(last.access, access)) return last.connection
    const connection = config.api === 'responses' ? responses(config, access) : chatConnection(config, access)
    last = { access, connection }
    return connection
  }
}

const same = (a: Access, b: Access) => a.url === b.url && a.key === b.key && a.organization === b.organization

/** Only who calls such a model waits for the SDK. */
const responses = async (config: OpenAIConfig, access: Access) =>
  (await import('./responses.ts')).responsesConnection(config, access)

/** The component type of OpenAI's models and all that speak their protocol. */
export const openai: ComponentType<Model, OpenAIConfig> = {
  provider: 'autogen_ext.models.openai.OpenAIChatCompletionClient',
  aliases: ['OpenAIChatCompletionClient', 'openai_chat_completion_client'],
  kind: 'model',
  version: 1,
  description: "A model behind OpenAI's chat completions, or any compatible server with base_url.",
  config: () => OpenAIConfig,
  create: (config) => serviceModel({ ...chatService(config), connect: connecting(config) })
}
