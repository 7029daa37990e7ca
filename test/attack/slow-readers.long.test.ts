import { describe, expect, test } from 'vitest'
import { Client, echo, startAt, ways } from '../server/support.ts'

describe.each(ways)('a client at %s that reads nothing', (way) => {
  const start = startAt(way)

  test.each(['pings', 'frames'])(
    'is cut off although it sends %s, and others are served [CONN-18]',
    {
      timeout: 60_000
    },
    async (what) => {
      const { url } = await start({ sockets: [echo()] })
      const [client, other] = [new Client(`${url}/api/ws/7`), new Client(`${url}/api/ws/8`)]
      await Promise.all([client.next(), other.next()])
      client.ws.pause()
      // What the kernel keeps for a client fills up first.
      const long = 'x'.repeat(64 * 1024)
      const timer = setInterval(() => {
        for (let i = 0; i < 10; i++) {
          if (what === 'pings') client.ws.ping('x'.repeat(125))
          client.ws.send(what === 'pings' && i > 0 ? 'x' : long)
        }
      }, 20)
      const began = performance.now()
      const ended = client.end
      await expect
        .poll(() => client.ws.readyState, { timeout: 45_000, interval: 200 })
        .not.toBe(client.ws.OPEN)
        .catch(() => {})
      clearInterval(timer)
      client.ws.resume()
      expect(await ended).toMatchObject({ code: 1006 })
      expect(performance.now() - began).toBeLessThan(50_000)
      other.ws.send('here')
      expect(await other.next()).toBe('echo here')
    }
  )
})
