import { z } from 'zod'
import { ClientFrame } from '../../protocol/client-frames.ts'
import { ComponentJson } from '../../runtime/components/registry.ts'
import { Id, type Route } from '../http/route.ts'
import { summaries } from './summaries.ts'

type Json = Record<string, unknown>

/** Describes routes as OpenAPI 3.1 does, from the schemas that judge their requests. */
export function openApi(routes: readonly Route[], version: string): Json {
  const paths: Record<string, Json> = {}
  for (const route of routes) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operation(route) }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Troupe',
      version,
      description: 'Teams of AI agents as statecharts. Runs are followed over WebSocket, see PROTOCOL.md.'
    },
    paths,
    components: {
      schemas: {
        ...fixed,
        Component: schemaOf(ComponentJson),
        ClientFrame: {
          description: 'What a client sends on /api/ws/runs/{run_id}.',
          ...schemaOf(ClientFrame)
        }
      },
      securitySchemes: { token: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } }
    },
    security: [{}, { token: [] }]
  }
}

function operation({ method, path, door }: Route): Json {
  const [, , tag = ''] = path.split('/')
  const parameters = [...parametersIn('path', path, door.path), ...parametersIn('query', path, door.query)]
  return {
    operationId: nameOf(method, path),
    summary: summaries[`${method} ${path}`] ?? `${method} ${path}`,
    tags: [tag],
    ...(parameters.length > 0 && { parameters }),
    ...(door.body && {
      requestBody: { required: true, content: { 'application/json': { schema: schemaOf(door.body) } } }
    }),
    responses: responses(door)
  }
}

function responses({ path, query, body }: Route['door']): Json {
  const refused = { description: 'Refused', content: content('Refusal') }
  return {
    200: { description: 'Done', content: content('Envelope') },
    401: { description: 'Not authenticated', content: content('Refusal') },
    403: { description: 'This belongs to another user', content: content('Refusal') },
    ...(path && { 404: refused }),
    ...((path || query || body) && {
      422: { description: 'Something does not fit', content: content('Misfit') }
    })
  }
}

const content = (name: keyof typeof fixed): Json => ({
  'application/json': { schema: { $ref: `#/components/schemas/${name}` } }
})

function parametersIn(place: 'path' | 'query', path: string, schema: z.ZodType | undefined): Json[] {
  const { properties = {}, required = [] } = (schema ? schemaOf(schema) : {}) as {
    properties?: Record<string, Json>
    required?: string[]
  }
  const named = place === 'path' ? [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!) : []
  const names = new Set([...named, ...Object.keys(properties)])
  return [...names].map((name) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema: properties[name] ?? { type: 'string' }
  }))
}

function schemaOf(schema: z.ZodType): Json {
  const json = z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    override({ zodSchema, jsonSchema }) {
      if (zodSchema === Id) Object.assign(jsonSchema, { type: 'integer', minimum: 0 })
    }
  }) as Json
  const { $schema: _, ...rest } = json
  return rest
}

const nameOf = (method: string, path: string): string =>
  [method.toLowerCase(), ...path.split('/').slice(2)]
    .filter(Boolean)
    .map((part) => part.replace(/[{}]/g, '').replace(/\W/g, '_'))
    .join('_')

const text = { type: 'string' }
const fixed = {
  Envelope: {
    type: 'object',
    properties: { status: { type: 'boolean' }, data: {}, message: text }
  },
  Refusal: { type: 'object', properties: { detail: text, code: text }, required: ['detail'] },
  Misfit: {
    type: 'object',
    required: ['detail'],
    properties: {
      detail: {
        type: 'array',
        items: {
          type: 'object',
          properties: { type: text, loc: { type: 'array' }, msg: text, input: {} },
          required: ['type', 'loc', 'msg']
        }
      }
    }
  }
}
