import type { Case } from './case.ts'
import { Client } from './client.ts'
import { circumstances, type Figures, type Result } from './figures.ts'
import { Meter } from './meter.ts'
import { existing, type Server, startProduct } from './server.ts'
import { pause } from './waiting.ts'

/** Which server is measured: one that runs (`url`, `pids`), or the product started with `bin` and more flags. */
export interface Target {
  url?: string
  pids: number[]
  bin?: string
  flags: string[]
}

/** Measures one case on a server of its own, which is ended afterwards. */
export async function measure(one: Case, params: Record<string, number>, target: Target): Promise<Result> {
  const start = () =>
    target.url
      ? Promise.resolve(existing(target.url, target.pids))
      : startProduct(target.bin, [...(one.flags ?? []), ...target.flags], one.node)
  const server = await start()
  try {
    const meter = new Meter(server)
    const client = new Client(server.url)
    const figures = await one.measure({ params, server, client, meter, start })
    return report(one, params, target, meter, figures, server)
  } catch (error) {
    await pause(200)
    throw new Error(`${(error as Error).message} ${server.lastWords()}`.trim())
  } finally {
    await server.stop()
  }
}

function report(
  { name }: Case,
  params: Record<string, number>,
  { url, flags }: Target,
  meter: Meter,
  figures: Figures,
  { pids }: Server
): Result {
  const told = { ...params, ...(url && { url }), ...(flags.length > 0 && { flags: flags.join(' ') }) }
  const memory = pids.length > 0 ? meter.memory() : {}
  return { name, params: told, figures: { ...figures, ...memory }, load: meter.load(), ...circumstances() }
}
