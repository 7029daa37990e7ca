import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { show } from './matcher.ts'
import { WirePattern } from './pattern.ts'
import { tokens } from './tokens.ts'
import { request } from './wire-call.ts'
import type { Servers, Step, WireFile } from './wire-file.ts'
import { misnumbered } from './wire-numbering.ts'
import { laneOf, WireSocket } from './wire-socket.ts'

/** How long a play waits for what has to come, in milliseconds. */
const patience = 8_000
const settling = 100

/** Plays a recording; the first thing that is not as recorded is an error. */
export async function play(file: WireFile, servers: Servers): Promise<void> {
  const sockets = new Map<string, WireSocket>()
  const stage: Stage = { file, servers, sockets, pattern: patternFor(file, servers) }
  try {
    for (const [index, call] of file.rest.entries()) await at(`rest[${index}]`, () => request(stage, call, 0))
    for (const [index, step] of file.ws.entries()) await at(`ws[${index}]`, () => perform(stage, step))
    for (const [index, call] of file.after.entries())
      await at(`after[${index}]`, () => request(stage, call, patience))
    await at('the end', () => finish(stage))
  } finally {
    for (const socket of sockets.values()) socket.drop()
  }
}

interface Stage {
  file: WireFile
  servers: Servers
  sockets: Map<string, WireSocket>
  pattern: WirePattern
}

function patternFor(file: WireFile, { toolPort, modelPort }: Servers): WirePattern {
  const pattern = new WirePattern()
  const configs = Object.entries({ '<team_config>': file.team_config, ...file.team_configs })
  for (const [name, config] of configs) pattern.bindings.define(name.slice(1, -1), config)
  for (const [name, token] of Object.entries(tokens())) pattern.bindings.define(`token:${name}`, token)
  for (const name of ['user', 'other']) pattern.bindings.define(name, `${name}-${randomUUID()}@example.com`)
  pattern.bindings.define('tool_port', toolPort)
  pattern.bindings.define('model_port', modelPort)
  return pattern
}

async function perform(stage: Stage, step: Step): Promise<void> {
  if (step.connect !== undefined) return connect(stage, step)
  if (step.rest) return request(stage, step.rest, patience)
  if (step.wait_ms !== undefined) await sleep(step.wait_ms)
  if (step.conn === undefined) return
  const socket = stage.sockets.get(step.conn)!
  if (step.sent) socket.send(JSON.stringify(stage.pattern.fill(step.sent)))
  if (step.sent_text !== undefined) socket.send(step.sent_text)
  if (step.sent_binary !== undefined) socket.send(Buffer.from(step.sent_binary, 'base64'))
  if (step.received) await receive(stage, socket, step)
  if (step.closed) await closed(socket, step.closed.code)
  if (step.close !== undefined) socket.close(step.close)
  if (step.drop) socket.drop()
  if (step.ignore_rest) socket.ignoresRest = true
  if (step.silence_ms !== undefined) await silence(socket, step.silence_ms)
}

async function connect({ sockets, pattern, servers, file }: Stage, step: Step): Promise<void> {
  const url = `${servers.base.replace('http', 'ws')}${pattern.fill(step.connect)}`
  const headers = pattern.fill(step.headers ?? {}) as Record<string, string>
  sockets.set(step.conn!, await WireSocket.open(url, headers, file.strict_order === true))
}

async function receive({ pattern, file }: Stage, socket: WireSocket, step: Step): Promise<void> {
  const lane = laneOf(step.received!, file.strict_order === true)
  const frame = await socket.peek(lane, step.optional ? 1_000 : (step.within_ms ?? patience))
  if (step.optional && !(frame && pattern.fits(step.received, frame))) return
  if (!frame) throw new Error(`Nothing came for ${show(step.received)}; ${situation(socket)}`)
  pattern.demand(step.received, frame, () => `the frame: ${show(frame, 1500)}`)
  socket.take(lane)
}

async function closed(socket: WireSocket, code: number | number[]): Promise<void> {
  const end = await socket.closing(patience)
  if (!end || ![code].flat().includes(end.code))
    throw new Error(`Not closed with ${code}; ${situation(socket)}`)
  socket.mayClose = true
}

async function silence(socket: WireSocket, time: number): Promise<void> {
  await sleep(time)
  if (socket.left.length > 0) throw new Error(`Something came; ${situation(socket)}`)
}

async function finish({ sockets }: Stage): Promise<void> {
  await sleep(settling)
  for (const [name, socket] of sockets) {
    if (socket.ignoresRest) continue
    const lost = socket.closedWith && !socket.mayClose && !socket.finished
    if (lost || socket.left.length > 0) throw new Error(`On ${name} too much has come; ${situation(socket)}`)
  }
  const wrong = misnumbered(sockets.values())
  if (wrong) throw new Error(wrong)
}

const situation = ({ closedWith, left }: WireSocket): string =>
  `the connection is ${closedWith ? `closed with ${closedWith.code} "${closedWith.reason}"` : 'open'}, frames not taken: ${show(left, 1500)}`

async function at(place: string, act: () => Promise<void>): Promise<void> {
  try {
    await act()
  } catch (error) {
    throw new Error(`${place}: ${(error as Error).message}`, { cause: error })
  }
}
