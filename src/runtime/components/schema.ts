import { z } from 'zod'
import type { ComponentType, Kind, Nested } from '../../machines/component/component.ts'
import type { Registry } from './registry.ts'

type Json = Record<string, unknown>
// biome-ignore lint/suspicious/noExplicitAny: a registry holds types of all configs
type AnyType = ComponentType<any, any>

/** The JSON Schema of a component of one provider; undefined where there is none. */
export function componentSchema(registry: Registry, provider: string): Json | undefined {
  const type = registry.types().find((one) => names(one).includes(provider))
  if (!type) return undefined
  const { $defs, ...rest } = componentSchemas(registry) as { $defs: Record<string, Json> } & Json
  return { ...rest, $ref: reference(type.provider), $defs: reachable(type.provider, $defs), oneOf: undefined }
}

/** The JSON Schema of any component; each provider's is a definition under its name. */
export function componentSchemas(registry: Registry): Json {
  const types = registry.types()
  const kinds = [...new Set(types.map(({ kind }) => kind))]
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Component',
    oneOf: types.map(({ provider }) => ({ $ref: reference(provider) })),
    $defs: {
      ...Object.fromEntries(types.map((type) => [type.provider, schemaOf(type)])),
      ...Object.fromEntries(kinds.map((kind) => [kind, anyOf(types, kind)]))
    }
  }
}

const names = ({ provider, aliases = [] }: AnyType): readonly string[] => [provider, ...aliases]

const anyOf = (types: readonly AnyType[], kind: Kind): Json => ({
  oneOf: types.filter((type) => type.kind === kind).map(({ provider }) => ({ $ref: reference(provider) }))
})

function schemaOf(type: AnyType): Json {
  const [provider, ...aliases] = names(type)
  return {
    type: 'object',
    description: type.description,
    properties: {
      provider: aliases.length > 0 ? { enum: [provider, ...aliases] } : { const: provider },
      component_type: { type: ['string', 'null'], default: type.kind },
      version: { type: ['integer', 'null'], maximum: type.version },
      component_version: { type: ['integer', 'null'], maximum: type.version },
      description: { type: ['string', 'null'] },
      label: { type: ['string', 'null'] },
      config: configOf(type)
    },
    required: ['provider', 'config']
  }
}

/** The schema of a config, in which a component is a reference to all of its kind. */
function configOf(type: AnyType): Json {
  const nested = new Map<z.core.$ZodType, readonly Kind[]>()
  const standIn: Nested = (...kinds) => {
    const schema = z.custom()
    nested.set(schema, kinds)
    return schema as never
  }
  const json = z.toJSONSchema(type.config(standIn), {
    io: 'input',
    unrepresentable: 'any',
    override({ zodSchema, jsonSchema }) {
      const kinds = nested.get(zodSchema)
      if (kinds) Object.assign(jsonSchema, anyKind(kinds))
    }
  }) as Json
  const { $schema: _, ...rest } = json
  return rest
}

function anyKind(kinds: readonly Kind[]): Json {
  if (kinds.length === 0) return { $ref: '#' }
  const references = kinds.map((kind) => ({ $ref: reference(kind) }))
  return references.length === 1 ? references[0]! : { anyOf: references }
}

const reference = (name: string): string => `#/$defs/${name}`

/** The definitions that one of them leads to, itself among them. */
function reachable(name: string, definitions: Record<string, Json>): Record<string, Json> {
  const found: Record<string, Json> = {}
  const visit = (one: string): void => {
    if (found[one] || !definitions[one]) return
    found[one] = definitions[one]
    const text = JSON.stringify(definitions[one])
    for (const [, next] of text.matchAll(/"#\/\$defs\/([^"]+)"/g)) visit(next!)
  }
  visit(name)
  return found
}
