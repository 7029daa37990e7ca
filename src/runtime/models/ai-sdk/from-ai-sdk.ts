import { demandOptions } from '../../../machines/shared/option-names.ts'
import { type ClosableModel, closable } from '../closable.ts'
import { everything } from '../model-info.ts'
import type { ServiceOptions } from '../model-options.ts'
import { patience } from '../service/service-config.ts'
import { serviceModel } from '../service/service-model.ts'
import { type AiSdkModel, asV4 } from './any-version.ts'

/** A model of any provider of the AI SDK. Address and key are the provider's affair. */
export function fromAiSdk(model: AiSdkModel, options: ServiceOptions = {}): ClosableModel {
  demandOptions('fromAiSdk', options, ['timeout', 'maxRetries', 'maxConcurrency', 'modelInfo'])
  const { modelId, provider } = model
  const { timeout, maxRetries, maxConcurrency, modelInfo } = options
  const name = `${provider} ${modelId}`
  const made = serviceModel({
    model: modelId,
    info: { ...everything, ...modelInfo },
    ...patience({ model: modelId, timeout, max_retries: maxRetries, max_concurrency: maxConcurrency }),
    reasoningFirst: true,
    async connect() {
      // Only who calls such a model waits for what reads its answers.
      const { sdkConnection } = await import('./sdk-connection.ts')
      return sdkConnection({
        place: { model: modelId, origin: provider, keyFrom: `the provider "${provider}"`, secrets: [] },
        account: name,
        language: () => asV4(model),
        settings: () => ({}),
        style: { names: false, prefixes: false, oneSystemMessage: true, parsedArguments: true }
      })
    }
  })
  return closable(made)
}
