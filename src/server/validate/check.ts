import { explain } from '../../protocol/errors.ts'
import { fieldsWithoutEffect } from '../../runtime/components/problems.ts'
import { unknown } from '../../runtime/components/providers.ts'
import { ComponentJson, type Registry } from '../../runtime/components/registry.ts'
import { Team } from '../../runtime/team/team.ts'

/** What is needed to check a component. */
export interface ComponentCheck {
  registry: Registry
}

/** One thing that is wrong, in AutoGen Studio's shape. */
export interface Finding {
  field: 'provider' | 'component_type' | 'config' | 'instantiation' | 'version'
  error: string
  suggestion: string | null
}

/** What came of checking a component. */
export interface CheckResult {
  is_valid: boolean
  errors: Finding[]
  warnings: Finding[]
}

/** Checks a component as if it were to be run; nothing is started and no model or tool is called. */
export function checkComponent(
  component: Record<string, unknown>,
  { registry }: ComponentCheck
): CheckResult {
  // What is missing outside says nothing about what is wrong inside: both are told at once.
  const hasProvider = typeof component.provider === 'string' && component.provider !== ''
  const errors = [...missing(component), ...(hasProvider ? broken(component, registry) : [])]
  return { is_valid: errors.length === 0, errors, warnings: [...warnings(component, registry)] }
}

function* missing({ provider, component_type }: Record<string, unknown>): Generator<Finding> {
  if (typeof provider !== 'string' || provider === '')
    yield finding('provider', 'The provider is missing.', 'Name the provider of the component.')
  if (typeof component_type !== 'string' || component_type === '')
    yield finding('component_type', 'The component type is missing.', 'Say what it is: team, agent, model, …')
}

/** Fields without effect that are told: a file of another program may have thousands. */
const MOST_WARNINGS = 50

function* warnings(component: Record<string, unknown>, registry: Registry): Generator<Finding> {
  const { version } = component
  if (version === undefined || version === null)
    yield finding('version', 'There is no version; the newest is assumed.', 'Add a version.')
  for (const { place, text } of fieldsWithoutEffect(component, registry).slice(0, MOST_WARNINGS))
    yield finding('config', `${place}: ${text}`, null)
}

function* broken(component: Record<string, unknown>, registry: Registry): Generator<Finding> {
  const parsed = ComponentJson.safeParse(component)
  if (!parsed.success) return yield finding('config', explain(parsed.error), null)
  const { provider, component_type } = parsed.data
  const type = registry.find(provider)
  if (!type) {
    const error = unknown(provider, registry.types())
    return yield finding('provider', error, 'Use a provider that this server knows.')
  }
  // AutoGen has components whose type is a word of their own; only the word for another kind is wrong.
  const others = registry.types().map(({ kind }): string => kind)
  if (component_type && component_type !== type.kind && others.includes(component_type)) {
    const error = `"${provider}" is a ${type.kind}, and the component_type says "${component_type}".`
    yield finding('component_type', error, `Write "${type.kind}".`)
  }
  try {
    const thing = registry.load<object>(parsed.data)
    if (thing instanceof Team) thing.check()
  } catch (error) {
    for (const line of (error as Error).message.split('\n')) yield placed(line)
  }
}

/** What is wrong with a field stands behind its place; the rest came up while the component was made. */
function placed(line: string): Finding {
  const field = /^config[.[].*?: /s.test(line) ? 'config' : 'instantiation'
  return finding(field, line, 'Correct the config of the component.')
}

const finding = (field: Finding['field'], error: string, suggestion: string | null): Finding => ({
  field,
  error,
  suggestion
})
