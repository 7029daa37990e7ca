import { z } from 'zod'
import { isTooDeep } from '../../protocol/json-depth.ts'
import { type HttpRequest, type HttpResponse, refuse, type User } from './http.ts'
import { type Part, type ValidationError, validationErrors } from './validation-errors.ts'

/** One line of the route table. */
export interface Route {
  method: string
  /** `/api/runs/{run_id}/messages`. Collections end in a slash, items do not. */
  path: string
  schema: RouteSchema<unknown, unknown, unknown>
  answer(request: HttpRequest, params: Record<string, string>): Promise<HttpResponse>
}

/** The schemas of a route: of each part of its request (a part without one is not read), and of its answer. */
export interface RouteSchema<Path, Query, Body, Answer = unknown> {
  path?: z.ZodType<Path>
  query?: z.ZodType<Query>
  body?: z.ZodType<Body>
  /** The body of an answer that is no refusal; none for pages and streams. */
  answer?: z.ZodType<Answer>
}

/** A request whose parts were parsed. */
export interface ParsedRequest<Path, Query, Body> {
  path: Path
  query: Query
  body: Body
  user: User
  request: HttpRequest
}

/** A route whose handler gets parsed parts; all that is wrong with a request stands in one 422. */
export const route = <Path = undefined, Query = undefined, Body = undefined, Answer = unknown>(
  method: string,
  path: string,
  schema: RouteSchema<Path, Query, Body, Answer>,
  handle: (request: ParsedRequest<Path, Query, Body>) => HttpResponse<Answer> | Promise<HttpResponse<Answer>>
): Route => ({
  method,
  path,
  schema: schema as RouteSchema<unknown, unknown, unknown>,
  async answer(request, params) {
    const found: ValidationError[] = []
    const text = schema.body === undefined ? '' : await request.body()
    const parsed = {
      path: read(schema.path, 'path', () => params, found),
      query: read(schema.query, 'query', () => Object.fromEntries(request.query), found),
      body: read(schema.body, 'body', () => json(text, found), found),
      user: request.user,
      request
    }
    if (found.length > 0) refuse(422, found)
    return handle(parsed as ParsedRequest<Path, Query, Body>)
  }
})

function read<T>(
  schema: z.ZodType<T> | undefined,
  part: Part,
  value: () => unknown,
  found: ValidationError[]
) {
  if (schema === undefined) return undefined
  const before = found.length
  const input = value()
  if (found.length > before) return undefined
  const result = schema.safeParse(input, { reportInput: true })
  if (!result.success) found.push(...validationErrors(part, result.error.issues))
  return result.data
}

function json(text: string, found: ValidationError[]): unknown {
  if (text === '') return undefined
  try {
    const value: unknown = JSON.parse(text)
    if (!isTooDeep(value)) return value
    found.push({ type: 'value_error', loc: ['body'], msg: 'This is nested too deeply', input: null })
  } catch (error) {
    const at = Number(/position (\d+)/.exec(String(error))?.[1] ?? 0)
    found.push({ type: 'json_invalid', loc: ['body', at], msg: 'JSON decode error', input: null })
  }
}

// The largest number that is exact; there is no row with a larger id.
const MAX_ID = Number.MAX_SAFE_INTEGER

/** The id of a row: an integer, or its digits as text. */
export const Id = z.preprocess((given) => {
  const id = typeof given === 'string' && /^\s*[+-]?\d+\s*$/.test(given) ? Number(given) : given
  return Number.isInteger(id) ? Math.min(Math.max(id as number, 0), MAX_ID) : id
}, z.int())

/** Text that every database takes: PostgreSQL has no NUL. */
export const Text = z.string().refine((text) => !text.includes('\0'), 'Input should have no NUL')

/** Routes that belong to a user are told which one. */
export const ForUser = z.object({ user_id: Text })
