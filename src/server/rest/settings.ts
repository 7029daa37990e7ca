import { z } from 'zod'
import * as answers from '../../protocol/rest-answers.ts'
import type { SecretVault } from '../../runtime/components/secret-vault.ts'
import type { SettingsRow, Store } from '../../runtime/store/store.ts'
import { ok, requireOwner } from '../http/http.ts'
import { ForUser, Id, type Route, route, Text } from '../http/route.ts'
import { listOrFirst } from './first.ts'

export interface SettingsServices {
  store: Pick<Store, 'settings'>
  vault: SecretVault
}

/** A variable that a user sets for the own runs. Those of the type `secret` are not shown again. */
const Variable = z.looseObject({
  name: z.string(),
  value: z.union([z.string(), z.number(), z.boolean(), z.null()]).optional(),
  type: z.string().nullish(),
  description: z.string().nullish(),
  required: z.boolean().nullish()
})

/** What a user sets. Fields that are not known are kept: pages send whole rows back. */
const Config = z.looseObject({
  environment: z.array(Variable).nullish(),
  default_model_client: z.record(z.string(), z.unknown()).nullish(),
  ui: z.record(z.string(), z.unknown()).nullish()
})

const Settings = z.object({ id: Id.nullish(), user_id: Text, config: Config })

/** The settings of a user who has stored none. */
const defaults: Record<string, unknown> = {
  environment: [],
  default_model_client: null,
  ui: {
    show_llm_call_events: false,
    expanded_messages_by_default: true,
    show_agent_flow_by_default: true,
    human_input_timeout_minutes: 3
  }
}

/** `/api/settings/`: what a user has set, made at the first read. */
export function settingsRoutes({ store: { settings }, vault }: SettingsServices): Route[] {
  const list = listOrFirst<SettingsRow>(settings, (user_id) => settings.insert({ user_id, config: defaults }))
  return [
    route('GET', '/api/settings/', { query: ForUser, answer: answers.Settings }, async ({ query, user }) => {
      requireOwner(user, query.user_id)
      return ok((await list(query.user_id))[0])
    }),
    route('PUT', '/api/settings/', { body: Settings, answer: answers.Settings }, async ({ body, user }) => {
      requireOwner(user, body.user_id)
      const [row] = await list(body.user_id)
      const config = await vault.seal<Record<string, unknown>>(body.config, body.user_id)
      return ok(await settings.update(row!.id, { config }))
    })
  ]
}

/** The environment variables that a user has set. */
export async function environmentOf(
  { store: { settings }, vault }: SettingsServices,
  user: string | null
): Promise<Record<string, string>> {
  const [row] = user === null ? [] : await settings.list(user)
  if (!row) return {}
  const parsed = Config.safeParse(await vault.reveal(row.config, user))
  const variables = parsed.data?.environment ?? []
  const given = variables.filter(({ name, value }) => name !== '' && value != null && value !== '')
  return Object.fromEntries(given.map(({ name, value }) => [name, String(value)]))
}
