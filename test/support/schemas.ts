import type { z } from 'zod'
import { allRoutes } from '../../build/routes.ts'
import * as answers from '../../src/protocol/rest-answers.ts'
import { ServerFrame } from '../../src/protocol/server-frames.ts'
import { matchPath, pathPattern } from '../../src/server/http/path-pattern.ts'

/** Throws where a frame of the server does not fit its schema, or has a field that the schema does not name. */
export function checkFrame(frame: unknown): void {
  check(ServerFrame, frame, 'the frame')
}

const routes = allRoutes().map(({ method, path, schema }) => ({
  ...{ method, pattern: pathPattern(path), answer: schema.answer }
}))

/** Throws where the body of an answer does not fit the schema of its route; `path` without `/api` and query. */
export function checkAnswer(method: string, path: string, status: number, body: unknown): void {
  if (typeof body !== 'object' || body === null || status === 307) return
  const what = `the answer of ${method} ${path} (${status})`
  if (status === 422) return check(answers.Misfit.or(answers.Refused), body, what)
  if (status >= 400 && path !== '/health') return check(answers.Refused, body, what)
  const route = routes.find((one) => one.method === method && matchPath(one.pattern, `/api${path}`))
  if (route?.answer) check(route.answer, body, what)
}

function check(schema: z.ZodType, value: unknown, what: string): void {
  const parsed = schema.safeParse(value)
  if (!parsed.success)
    throw new Error(`${what} does not fit its schema: ${parsed.error.message}\n${JSON.stringify(value)}`)
  const extra = unnamed(value, parsed.data, '')
  if (extra !== undefined) throw new Error(`${what} has ${extra}, which its schema does not name.`)
}

/** The place of the first field that a schema has left out as unknown. */
function unnamed(value: unknown, known: unknown, place: string): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  for (const [key, item] of Object.entries(value)) {
    const here = place === '' ? key : `${place}.${key}`
    if (typeof known !== 'object' || known === null || !(key in known)) return here
    const inside = unnamed(item, (known as Record<string, unknown>)[key], here)
    if (inside !== undefined) return inside
  }
  return undefined
}
