import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { HttpError, type HttpRequest, refuse } from '../../src/server/http/http.ts'
import { ForUser, Id, route, Text } from '../../src/server/http/route.ts'
import { router } from '../../src/server/http/router.ts'
import { LogBook } from '../support/log-book.ts'
import { ask, said } from './support.ts'

const log = new LogBook()
const table = [
  route('GET', '/api/things/', { query: ForUser }, ({ query }) => ({ status: 200, body: query })),
  route('POST', '/api/things/', { body: z.object({ id: Id, name: Text }) }, ({ body }) => ({
    status: 200,
    body
  })),
  route('GET', '/api/things/{thing}', { path: z.object({ thing: Text }) }, ({ path }) => ({
    status: 200,
    body: path
  })),
  route('PUT', '/api/numbers/{id}', { path: z.object({ id: Id }), query: ForUser }, ({ path }) => ({
    status: 200,
    body: path
  })),
  route('GET', '/api/bug', {}, () => {
    throw new Error('secret path /root/x')
  }),
  route('GET', '/api/door', {}, () => refuse(401, 'Who are you?', { 'www-authenticate': 'Bearer' }))
]
const handle = router(table, log)
const answer = async (request: HttpRequest) => handle(request)
const post = (body: string) => answer(ask('POST', '/api/things/', { body: said(body) }))
const rows = async (response: ReturnType<typeof answer>) =>
  ((await response).body as { detail: { type: string; loc: unknown[]; input: unknown }[] }).detail

describe('paths', () => {
  test('an unknown path is 404 [REST-3]', async () =>
    expect(await answer(ask('GET', '/api/nope'))).toMatchObject({
      status: 404,
      body: { detail: 'Not Found' }
    }))

  test('a known path with another method is 405 and says which are allowed [REST-3]', async () => {
    const response = await answer(ask('PATCH', '/api/things/'))
    expect(response).toMatchObject({ status: 405, body: { detail: 'Method Not Allowed' } })
    expect(response.headers).toEqual({ allow: 'GET, HEAD, POST' })
  })

  test.each([
    ['/api/things', '/api/things/'],
    ['/api/things?user_id=a@b.c&x=%zz', '/api/things/?user_id=a@b.c&x=%zz'],
    ['/api/things/1/', '/api/things/1']
  ])('the path %s is redirected to %s [REST-2]', async (from, to) =>
    expect(await answer(ask('GET', from))).toEqual({ status: 307, headers: { location: to } })
  )

  test('a segment of a path that is empty is no parameter', async () =>
    expect(await answer(ask('PUT', '/api/numbers/'))).toMatchObject({ status: 404 }))

  test.each([
    ['/api/things/a%20b', 'a b'],
    ['/api/things/a%2Fb', 'a/b'],
    ['/api/things/%zz', '%zz'],
    ['/api/things/%ff', '%ff']
  ])('the path %s is decoded without failing', async (path, thing) =>
    expect(await answer(ask('GET', path))).toMatchObject({ body: { thing } })
  )

  test('HEAD is answered like GET', async () =>
    expect(await answer(ask('HEAD', '/api/things/x'))).toMatchObject({ status: 200 }))
})

describe('what is wrong with a request is told in rows', () => {
  test('a query parameter that is missing is a row of a 422 [REST-4]', async () =>
    expect(await answer(ask('GET', '/api/things/'))).toEqual({
      status: 422,
      headers: {},
      body: { detail: [{ type: 'missing', loc: ['query', 'user_id'], msg: 'Field required', input: null }] }
    }))

  test('every field that is missing in a body is a row of a 422, in the order of the schema [REST-4]', async () =>
    expect(await rows(post('{}'))).toMatchObject([
      { type: 'missing', loc: ['body', 'id'] },
      { type: 'missing', loc: ['body', 'name'] }
    ]))

  test('a body that is missing is a row of a 422', async () =>
    expect(await rows(post(''))).toMatchObject([{ type: 'missing', loc: ['body'] }]))

  test('a body that is not JSON is a row of a 422', async () =>
    expect(await rows(post('{"id":'))).toMatchObject([
      { type: 'json_invalid', loc: ['body', expect.any(Number)] }
    ]))

  test.each(['[]', '"x"', 'null', '5'])('the body %s, which is no object, is a row of a 422', async (body) =>
    expect(await rows(post(body))).toMatchObject([{ type: 'dict_type', loc: ['body'] }])
  )

  test('an id that is none is a row of a 422 with what was given', async () =>
    expect(await rows(post('{"id":"abc","name":"x"}'))).toMatchObject([
      { msg: 'Input should be a valid number', loc: ['body', 'id'], input: 'abc' }
    ]))

  test('what is wrong in path and query is told together [REST-4]', async () =>
    expect((await rows(answer(ask('PUT', '/api/numbers/x')))).map(({ loc }) => loc)).toEqual([
      ['path', 'id'],
      ['query', 'user_id']
    ]))

  test('text with a NUL, which not every database takes, is a row of a 422', async () =>
    expect(await rows(answer(ask('GET', '/api/things/?user_id=%00')))).toMatchObject([
      { loc: ['query', 'user_id'] }
    ]))

  test('objects are not sent back in a 422: they may hold keys [REST-4]', async () =>
    expect(await rows(post('{"id":{"api_key":"k"},"name":"x"}'))).toMatchObject([{ input: null }]))

  test('JSON that is nested so deeply that writing it would fail is a row of a 422 [CONN-12]', async () =>
    expect(await rows(post(`${'['.repeat(100_000)}${']'.repeat(100_000)}`))).toMatchObject([
      { loc: ['body'] }
    ]))
})

describe('ids', () => {
  test('ids are integers or their digits', async () => {
    expect(await post('{"id":7,"name":"x"}')).toMatchObject({ body: { id: 7 } })
    expect(await post('{"id":"7","name":"x"}')).toMatchObject({ body: { id: 7 } })
  })

  test('ids too large for any database are those of no row', async () =>
    expect(await answer(ask('PUT', '/api/numbers/99999999999999999999?user_id=a'))).toMatchObject({
      body: { id: Number.MAX_SAFE_INTEGER }
    }))
})

describe('errors', () => {
  test('a bug is a 500 that tells the client nothing and the operator everything [REST-9] [ERROR-2]', async () => {
    expect(await answer(ask('GET', '/api/bug'))).toEqual({
      status: 500,
      body: { detail: 'Internal server error', code: 'internal' }
    })
    const err = expect.objectContaining({ message: 'secret path /root/x' })
    const line = { level: 'error', method: 'GET', path: '/api/bug', request_id: '1', code: 'internal', err }
    expect(log.lines).toEqual([expect.objectContaining(line)])
  })

  test('a 401 says so in the body too', async () =>
    expect(await answer(ask('GET', '/api/door'))).toEqual({
      status: 401,
      headers: { 'www-authenticate': 'Bearer' },
      body: { status: false, detail: 'Who are you?', code: 'not_authenticated' }
    }))

  test('a refusal is an Error with its sentence', () =>
    expect(new HttpError(404, 'Team not found')).toMatchObject({ message: 'Team not found', status: 404 }))
})
