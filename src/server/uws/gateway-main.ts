import { Socket } from 'node:net'
import { Gateway } from './gateway.ts'

/** The pipe to the owner of the runs; see `gateways.ts`. */
const PIPE = 3

// A signal to the process group ends this one too, but what the owner still has to say is to go out. It ends with
// the pipe, whatever happens to the owner.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})
await new Gateway(new Socket({ fd: PIPE, readable: true, writable: true })).ended
process.exit(0)
