import type { ComponentModel } from '../../machines/component/component.ts'
import { isChat, modelTextOf } from '../../machines/messages/index.ts'
import type { Registry } from '../../runtime/components/registry.ts'
import type { Agent } from '../../runtime/contract/agent.ts'
import type { Model } from '../../runtime/models/model.ts'
import type { Egress } from '../../runtime/network/egress/egress.ts'
import type { Team } from '../../runtime/team/team.ts'
import { RoundRobinGroupChat } from '../../runtime/teams/round-robin.ts'
import type { Workbench } from '../../runtime/tools/tool.ts'

/** What came of trying a component, in AutoGen Studio's shape. */
export interface TestResult {
  status: boolean
  message: string
  data: unknown
  logs: string[]
}

/** With what a component is tried. */
export interface Trial {
  registry: Registry
  env: Readonly<Record<string, string | undefined>>
  /** What may be reached. */
  egress?: Egress
  /** Milliseconds. */
  timeout: number
}

interface Try extends Trial {
  signal: AbortSignal
  log(text: string): void
}

const question = 'What is 2 + 2? Answer with the number only.'

/** Tries a component: really asks the model or the agent, and lists the tools of a workbench. */
export async function testComponent(component: ComponentModel, trial: Trial): Promise<TestResult> {
  const logs: string[] = []
  const log = (text: string) => void logs.push(text)
  const signal = AbortSignal.timeout(trial.timeout)
  try {
    const data = await attempt(component, { ...trial, signal, log })
    return { status: true, message: 'The component works.', data, logs }
  } catch (error) {
    const late = `It took longer than ${trial.timeout / 1000} s.`
    const message = signal.aborted ? late : error instanceof Error ? error.message : String(error)
    log(message)
    return { status: false, message, data: null, logs }
  }
}

async function attempt(component: ComponentModel, circumstances: Try): Promise<unknown> {
  const { registry, log } = circumstances
  const kind = registry.find(component.provider)?.kind
  const thing = registry.load<unknown>(component)
  log(`Loaded ${component.provider}.`)
  if (kind === 'model') return askModel(thing as Model, circumstances)
  if (kind === 'agent')
    return askTeam(new RoundRobinGroupChat([thing as Agent], { maxTurns: 1 }), circumstances)
  if (kind === 'team') return askTeam(thing as Team, circumstances)
  if (kind === 'workbench') return listTools(thing as Workbench, circumstances)
  return null
}

async function askModel(model: Model, { signal, env, egress, log }: Try): Promise<unknown> {
  log('Asking the model.')
  const messages = [{ type: 'UserMessage' as const, source: 'user', content: question }]
  try {
    const call = { signal, env, network: egress?.network, idempotencyKey: `test:${crypto.randomUUID()}` }
    const { content, usage } = await model.create({ messages, stream: false }, call)
    log('The model answered.')
    return { response: typeof content === 'string' ? content : JSON.stringify(content), usage }
  } finally {
    await model.close?.()
  }
}

async function askTeam(team: Team, { signal, env, egress, log }: Try): Promise<unknown> {
  log('Asking with a small task.')
  try {
    const { messages, stopReason } = await team.run({ task: question, signal, env, network: egress?.network })
    signal.throwIfAborted()
    log('An answer came.')
    const said = messages.filter(isChat).at(-1)
    return { response: said ? modelTextOf(said) : '', stop_reason: stopReason }
  } finally {
    await team.close()
  }
}

async function listTools(workbench: Workbench, { signal, log }: Try): Promise<unknown> {
  log('Asking for the tools.')
  try {
    const tools = await workbench.listTools(signal)
    return { tools: tools.map(({ name, description }) => ({ name, description })) }
  } finally {
    await workbench.stop()
  }
}
