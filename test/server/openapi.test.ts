import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Server } from '../../src/server/app.ts'
import { RestClient } from '../support/rest-client.ts'
import { serveHere } from '../support/run-server.ts'

let server: Server
let rest: RestClient
beforeAll(async () => {
  server = await serveHere()
  rest = new RestClient(server.url)
})
afterAll(() => server.close())

describe('the description of the API', () => {
  test('openapi.json is OpenAPI 3.1 and names what each route demands [REST-12]', async () => {
    const { body } = await rest.get('/openapi.json')
    expect(body.openapi).toBe('3.1.0')
    expect(body.paths['/api/teams/{team_id}'].get.parameters).toEqual([
      { name: 'team_id', in: 'path', required: true, schema: expect.objectContaining({ type: 'integer' }) },
      { name: 'user_id', in: 'query', required: true, schema: expect.objectContaining({ type: 'string' }) }
    ])
    const { schema } = body.paths['/api/runs/'].post.requestBody.content['application/json']
    expect(schema.required).toEqual(['session_id', 'user_id'])
    expect(schema.properties.session_id.type).toBe('integer')
    const kinds = body.components.schemas.ClientFrame.oneOf.map(
      (frame: { properties: { type: { const: string } } }) => frame.properties.type.const
    )
    expect(kinds).toContain('input_response')
  })

  test('openapi.json has an operation of its own for each route, with a summary in words [REST-12]', async () => {
    const { body } = await rest.get('/openapi.json')
    const operations = Object.entries(body.paths).flatMap(([path, item]) =>
      Object.entries(item as Record<string, { operationId: string; summary: string }>).map(
        ([method, operation]) => ({ ...operation, line: `${method.toUpperCase()} ${path}` })
      )
    )
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length)
    expect(operations.filter(({ summary, line }) => summary === line)).toEqual([])
    for (const part of JSON.stringify(body).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g))
      expect(body.components.schemas).toHaveProperty(part[1]!)
    expect(JSON.stringify(body)).not.toContain('#/$defs')
  })

  test('the page that shows openapi.json takes nothing from elsewhere [REST-12]', async () => {
    const { status, headers, body } = await rest.get('/docs')
    expect(status).toBe(200)
    expect(headers.get('content-type')).toContain('text/html')
    expect(headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(body).not.toMatch(/https?:\/\//)
  })
})
