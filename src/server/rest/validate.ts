import { z } from 'zod'

import * as answers from '../../protocol/rest-answers.ts'
import { modern } from '../../runtime/components/documents/recognize.ts'
import { ComponentJson } from '../../runtime/components/registry.ts'
import type { SecretVault } from '../../runtime/components/secret-vault.ts'
import type { Egress } from '../../runtime/network/egress/egress.ts'
import { type Route, route } from '../http/route.ts'
import { demandMayBring, type TeamPolicy } from '../run-api/teams/startable-teams.ts'
import { type ComponentCheck, checkComponent } from '../validate/check.ts'
import { type TestResult, testComponent } from '../validate/test.ts'

export interface ValidateServices extends ComponentCheck {
  vault: SecretVault
  teamPolicy?: TeamPolicy
  /** What may be reached. */
  egress?: Egress
  /** The environment variables with which a component is tested. */
  envOf(user: string | null): Promise<Readonly<Record<string, string | undefined>>>
}

/** Where neither is there, it is no component but a malformed request, as in AutoGen Studio; the rest is the answer. */
const Component = z.preprocess(
  (value) => modern(value)?.component ?? value,
  z.record(z.string(), z.unknown()).superRefine((component, context) => {
    if ('provider' in component || 'config' in component) return
    for (const key of ['provider', 'config'])
      context.addIssue({ code: 'custom', path: [key], message: 'Field required' })
  })
)

/** A page may send a model with an agent; our agents bring their own. */
const Test = z.object({
  component: Component,
  model_client: Component.nullish(),
  /** Seconds. */
  timeout: z.number().positive().max(600).nullish()
})

/** `/api/validate/`: is this a component, and does it work? */
export const validateRoutes = (services: ValidateServices): Route[] => [
  route(
    'POST',
    '/api/validate/',
    { body: z.object({ component: Component }), answer: answers.Validation },
    ({ body }) => ({
      status: 200,
      body: checkComponent(body.component, services)
    })
  ),
  route('POST', '/api/validate/test', { body: Test, answer: answers.Trial }, async ({ body, user }) => {
    demandMayBring(user, services.teamPolicy)
    const { component, model_client, timeout } = body
    const check = checkComponent(component, services)
    if (!check.is_valid) return { status: 200, body: failed(check.errors.map(({ error }) => error)) }
    const given = model_client ? withModel(component, model_client) : component
    const owner = user.id ?? undefined
    const revealed = await services.vault.reveal(ComponentJson.parse(given), owner)
    const env = await services.envOf(user.id)
    const result = await testComponent(revealed, { ...services, env, timeout: (timeout ?? 60) * 1000 })
    return { status: 200, body: result }
  })
]

const failed = (logs: string[]): TestResult => ({
  status: false,
  message: `The component is not valid: ${logs[0]}`,
  data: null,
  logs
})

/** An agent without a model of its own is tested with the one that came along. */
function withModel(component: Record<string, unknown>, model_client: unknown): Record<string, unknown> {
  const config = component.config as Record<string, unknown>
  return component.component_type === 'agent' && config.model_client == null
    ? { ...component, config: { ...config, model_client } }
    : component
}
