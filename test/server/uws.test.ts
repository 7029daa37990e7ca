import { describe, expect, test } from 'vitest'
import { Client, echo, start } from './support.ts'

describe('a server', () => {
  test('a server refuses a port that is taken', async () => {
    const { port } = await start()
    await expect(start({ port })).rejects.toThrow(`Port ${port} of 127.0.0.1 is taken`)
  })

  test('a server that closes closes every socket with 1012, and frees the port [CONN-20]', async () => {
    const route = echo()
    const first = await start({ sockets: [route] })
    const clients = Array.from({ length: 20 }, (_, i) => new Client(`${first.url}/api/ws/${i}`))
    await Promise.all(clients.map((client) => client.next()))
    await first.close()
    const ends = await Promise.all(clients.map(({ end }) => end))
    expect(new Set(ends.map(({ code }) => code))).toEqual(new Set([1012]))
    expect((await start({ port: first.port })).port).toBe(first.port)
  })

  test('a server that closes waits for an answer under way', async () => {
    let reached = (): void => {}
    let answer = (): void => {}
    const asked = new Promise<void>((resolve) => {
      reached = resolve
    })
    const ready = new Promise<void>((resolve) => {
      answer = resolve
    })
    const { url, close } = await start({
      handle: async () => {
        reached()
        await ready
        return { status: 200, body: 'late' }
      }
    })
    const response = fetch(`${url}/api/x`)
    await asked
    const closed = close()
    answer()
    expect(await (await response).json()).toBe('late')
    await closed
  })
})
