import { z } from 'zod'
import { demandOptions } from '../shared/option-names.ts'
import { errorOf, LISTED } from '../shared/outcome.ts'
import { type ComponentType, make, type Nested } from './component.ts'

/** The schema of a config; a function where other components stand inside of it. */
export type ConfigSchema<Config, Given = Config> =
  | z.ZodType<Config, Given>
  | ((nested: Nested) => z.ZodType<Config, Given>)

/** Makes a thing of its config; the argument may be left out where nothing in it has to be given. */
// biome-ignore lint/complexity/noBannedTypes: whether nothing at all fits is what is asked here
export type Maker<Thing, Given> = (...config: {} extends Given ? [config?: Given] : [config: Given]) => Thing

/**
 * A component type that is a function too: called, it makes a thing of its config. Registered, it lets configs name it
 * by its provider.
 */
export type Definition<Thing, Config extends object = object, Given = Config> = ComponentType<Thing, Config> &
  Maker<Thing, Given>

/** In a program what stands inside of a config is a thing already. */
const asGiven: Nested = () => z.custom((thing) => typeof thing === 'object' && thing !== null) as never

/** Makes a component type callable. The result throws `unknown_option` or `bad_component` for a config that does not fit. */
export function definition<Thing extends object, Config extends object, Given = Config>(
  type: ComponentType<Thing, Config>
): Definition<Thing, Config, Given> {
  let schema: z.ZodType<Config> | undefined
  const maker = (given: unknown = {}): Thing => {
    schema ??= type.config(asGiven)
    return make(type, readConfig(type.provider, schema, given))
  }
  return Object.assign(maker, type) as unknown as Definition<Thing, Config, Given>
}

/** Reads a config as a program gives it; throws `unknown_option` or `bad_component` where it does not fit. */
export function readConfig<Config>(what: string, schema: z.ZodType<Config>, given: unknown): Config {
  if (schema instanceof z.ZodObject && typeof given === 'object' && given !== null)
    demandOptions(what, given, Object.keys(schema.shape))
  const parsed = schema.safeParse(given)
  if (parsed.success) return parsed.data
  const reasons = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'config'}: ${message}`)
  throw errorOf({ message: `${what}: ${reasons.join('\n')}`, type: LISTED, code: 'bad_component' })
}

/** The function that gives the schema of a config, however that was written; without one the config is empty. */
export const schemaFunction =
  <Config, Given>(config: ConfigSchema<Config, Given> | undefined) =>
  (nested: Nested): z.ZodType<Config> => {
    if (config === undefined) return z.looseObject({}) as unknown as z.ZodType<Config>
    return typeof config === 'function' ? config(nested) : config
  }
