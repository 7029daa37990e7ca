import type { ClientFrame, FrameOf } from '../../protocol/client-frames.ts'
import type { TransientFrame } from '../../protocol/server-frames.ts'
import type { Caller } from './caller.ts'
import { steering } from './commands.ts'

/** A client on a socket. */
export interface Client extends Caller {
  /** Sends a frame to this client only. */
  send(frame: TransientFrame): void
}

type Handlers = {
  [Type in ClientFrame['type']]: (frame: FrameOf<Type>, client: Client) => unknown
}

/** What the server does for each frame. The type holds the table complete: a new frame needs its line here. */
const handlers: Handlers = {
  ...steering,
  ping: (_, client) => client.send({ type: 'pong', timestamp: new Date().toISOString() })
}

/** Does what a frame asks for, and begins with it at once; rejects with what is to be refused. */
export async function handle(frame: ClientFrame, client: Client): Promise<void> {
  await (handlers[frame.type] as (frame: ClientFrame, client: Client) => unknown)(frame, client)
}
