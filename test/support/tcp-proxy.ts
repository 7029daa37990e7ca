import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

/** Stands between a client and a server on loopback, and breaks what goes through. */
export class TcpProxy {
  readonly #server: Server
  readonly #pairs = new Set<readonly [near: Socket, far: Socket]>()
  #swallows: (answer: Buffer) => boolean = () => false

  private constructor(to: number) {
    this.#server = createServer((near) => {
      const far = connect(to, '127.0.0.1')
      const pair = [near, far] as const
      this.#pairs.add(pair)
      near.on('data', (bytes) => far.write(bytes))
      far.on('data', (bytes) => {
        if (!this.#swallows(bytes)) near.write(bytes)
      })
      for (const end of pair)
        end
          .on('error', () => {})
          .on('close', () => {
            this.#pairs.delete(pair)
            for (const other of pair) other.destroy()
          })
    })
  }

  /** A proxy to a port, which is closed after the test. */
  static async to(port: number): Promise<TcpProxy> {
    const proxy = new TcpProxy(port)
    proxy.#server.listen(0, '127.0.0.1')
    await once(proxy.#server, 'listening')
    onTestFinished(() => {
      proxy.#server.close()
      proxy.cut()
    })
    return proxy
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  /** Swallows what the server answers, as long as a test says so of each piece. */
  swallow(when: (answer: Buffer) => boolean): void {
    this.#swallows = when
  }

  /** Breaks all connections. */
  cut(): void {
    for (const [near, far] of this.#pairs) {
      near.destroy()
      far.destroy()
    }
  }
}
