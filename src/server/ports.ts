import { Gateways } from './gateway/gateways.ts'
import { takeLongHeaders } from './uws/limits.ts'
import type { Address, OpenPort } from './ws/port.ts'
import type { RequestHandler } from './ws/request-handler.ts'

/** Where a server is reached. */
export interface PortOptions {
  host: string
  /** 0 takes a free one. */
  port: number
  /** How many processes listen there, this one included; one unless told. */
  workers?: number
  /** What has the port: µWebSockets where its binary fits this machine and this Node, else `ws` on `node:http`. */
  sockets?: 'uws' | 'ws'
}

/** A server that listens. */
export interface Listening {
  port: number
  /** Closes the port, ends the sockets that are left with 1012, waits for answers under way, at most 2 s. */
  close(): Promise<void>
}

/** Lets clients come in to a server, here and through gateways; rejects when the port is taken. */
export async function listen(
  front: RequestHandler,
  { host, port, workers = 1, sockets }: PortOptions
): Promise<Listening> {
  const openPort = await opener(front, sockets, workers)
  const own =
    workers > 1 ? await openShared(openPort, front, host, port) : await openPort(front, { host, port })
  const gateways = new Gateways(front, { host, port: own.port })
  const close = async () => {
    own.shut()
    gateways.shut()
    await front.close()
    own.close()
    await gateways.close()
  }
  // Closing a port twice brings the process down.
  let closing: Promise<void> | undefined
  const listening = {
    port: own.port,
    close() {
      closing ??= close()
      return closing
    }
  }
  try {
    await gateways.open(workers - 1)
    return listening
  } catch (error) {
    await listening.close()
    throw error
  }
}

/** A port that is shared would be shared with strangers too, so it is taken alone first. */
async function openShared(openPort: Opener, front: RequestHandler, host: string, port: number) {
  const alone = await openPort(front, { host, port })
  alone.shut()
  alone.close()
  return openPort(front, { host, port: alone.port, shared: true })
}

function loadUws() {
  takeLongHeaders()
  return import('./uws/server.ts')
}

type Opener = (front: RequestHandler, address: Address) => Promise<OpenPort>

/** What opens ports here. Throws where µWebSockets is demanded, or needed for several processes, and cannot be loaded. */
export async function opener(
  { log }: Pick<RequestHandler, 'log'>,
  wanted: PortOptions['sockets'],
  workers: number,
  load = loadUws
): Promise<Opener> {
  if (wanted === 'ws' && workers > 1)
    throw new Error(`Several processes need µWebSockets: leave out --sockets ws.`)
  if (wanted !== 'ws') {
    try {
      return (await load()).openPort
    } catch (error) {
      const why = `µWebSockets cannot be loaded here (${(error as Error).message.split('\n', 1)[0]})`
      if (wanted === 'uws' || workers > 1) throw new Error(`${why}, and it is needed.`, { cause: error })
      log.warn({ err: error }, `${why}: ws on node:http takes its place, which serves fewer clients`)
    }
  }
  return (await import('./web/node-port.ts')).openNodePort
}
