import { z } from 'zod'
import { ClientFrame } from '../../protocol/client-frames.ts'
import * as answers from '../../protocol/rest-answers.ts'
import { ServerFrame } from '../../protocol/server-frames.ts'
import { ComponentJson } from '../../runtime/components/registry.ts'
import { Id, type Route } from '../http/route.ts'
import { summaries } from './summaries.ts'

type Json = Record<string, unknown>

/** The schemas of answers, by their names. */
const named = Object.entries(answers) as [name: string, schema: z.ZodType][]

/** Describes routes as OpenAPI 3.1 does, from the schemas of their requests and answers. */
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
        ...Object.fromEntries(named.map(([name, schema]) => [name, schemaOf(schema, 'output')])),
        Component: schemaOf(ComponentJson),
        ClientFrame: {
          description: 'What a client sends on /api/ws/runs/{run_id}.',
          ...schemaOf(ClientFrame)
        },
        ServerFrame: {
          description: 'What the server sends on /api/ws/runs/{run_id} and on the event stream of a run.',
          ...schemaOf(ServerFrame, 'output')
        }
      },
      securitySchemes: { token: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } }
    },
    security: [{}, { token: [] }]
  }
}

function operation({ method, path, schema }: Route): Json {
  const [, , tag = ''] = path.split('/')
  const parameters = [
    ...parametersIn('path', path, schema.path),
    ...parametersIn('query', path, schema.query)
  ]
  return {
    operationId: nameOf(method, path),
    summary: summaries[`${method} ${path}`] ?? `${method} ${path}`,
    tags: [tag],
    ...(parameters.length > 0 && { parameters }),
    ...(schema.body && {
      requestBody: { required: true, content: { 'application/json': { schema: schemaOf(schema.body) } } }
    }),
    responses: responses(schema)
  }
}

function responses({ path, query, body, answer }: Route['schema']): Json {
  const refused = { description: 'Refused', content: content(answers.Refused) }
  return {
    200: { description: 'Done', ...(answer && { content: content(answer) }) },
    401: { description: 'Not authenticated', content: content(answers.Refused) },
    403: { description: 'This belongs to another user', content: content(answers.Refused) },
    ...(path && { 404: refused }),
    ...((path || query || body) && {
      422: { description: 'Something does not fit', content: content(answers.Misfit) }
    })
  }
}

/** A body as JSON: by its name, where it has one. */
function content(schema: z.ZodType): Json {
  const name = named.find(([, one]) => one === schema)?.[0]
  const described = name ? { $ref: `#/components/schemas/${name}` } : schemaOf(schema, 'output')
  return { 'application/json': { schema: described } }
}

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

function schemaOf(schema: z.ZodType, io: 'input' | 'output' = 'input'): Json {
  const json = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    override({ zodSchema, jsonSchema }) {
      if (zodSchema === Id) Object.assign(jsonSchema, { type: 'integer', minimum: 0 })
      if (zodSchema === ServerFrame && schema !== ServerFrame) {
        for (const key of Object.keys(jsonSchema)) delete jsonSchema[key]
        jsonSchema.$ref = '#/components/schemas/ServerFrame'
      }
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
