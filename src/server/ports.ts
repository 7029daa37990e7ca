import { Gateways } from './gateway/gateways.ts'
import { openPort } from './uws/server.ts'
import type { RequestHandler } from './ws/request-handler.ts'

/** Where a server is reached. */
export interface PortOptions {
  host: string
  /** 0 takes a free one. */
  port: number
  /** How many processes listen there, this one included; one unless told. */
  workers?: number
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
  { host, port, workers = 1 }: PortOptions
): Promise<Listening> {
  const own = workers > 1 ? await openShared(front, host, port) : await openPort(front, { host, port })
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
async function openShared(front: RequestHandler, host: string, port: number) {
  const alone = await openPort(front, { host, port })
  alone.shut()
  alone.close()
  return openPort(front, { host, port: alone.port, shared: true })
}
