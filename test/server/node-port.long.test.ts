import { vi } from 'vitest'

// Everything that clients are promised of requests and sockets, of a server without µWebSockets.
vi.stubEnv('TROUPE_WAY', 'node:http')
await import('./uws-http.test.ts')
await import('./uws-socket.test.ts')
