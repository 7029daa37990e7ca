import { setTimeout as sleep } from 'node:timers/promises'
import { type Fields, show } from './matcher.ts'
import type { WirePattern } from './pattern.ts'
import type { Call, Servers } from './wire-file.ts'

/** Where a call is made. */
interface Place {
  pattern: WirePattern
  servers: Pick<Servers, 'base'>
}

/** Makes a call and compares the answer; a `GET` is repeated until it fits, at most for `patience` milliseconds. */
export async function request(place: Place, call: Call, patience: number): Promise<void> {
  const deadline = Date.now() + (call.method === 'GET' ? patience : 0)
  for (;;) {
    const answer = await send(place, call)
    const late = Date.now() >= deadline
    if (late)
      return place.pattern.demand(
        expected(call),
        answer,
        () => `the answer to ${call.method} ${call.path}: ${show(answer, 1500)}`
      )
    if (place.pattern.fits(expected(call), answer)) return
    await sleep(50)
  }
}

const expected = ({ status, location, response }: Call): Fields => ({
  status,
  ...(location !== undefined && { location }),
  ...(response !== undefined && { response })
})

async function send({ pattern, servers }: Place, call: Call): Promise<Fields> {
  const body = call.raw ?? (call.body === undefined ? undefined : JSON.stringify(pattern.fill(call.body)))
  const answer = await fetch(`${servers.base}${pattern.fill(call.path)}`, {
    method: call.method,
    redirect: 'manual',
    headers: {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(pattern.fill(call.headers ?? {}) as Record<string, string>)
    },
    ...(body !== undefined && { body })
  })
  const location = answer.headers.get('location')
  return {
    status: answer.status,
    response: parse(await answer.text()),
    ...(location !== null && { location: pathAndQuery(location, servers.base) })
  }
}

function pathAndQuery(location: string, base: string): string {
  const { pathname, search } = new URL(location, base)
  return pathname + search
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
