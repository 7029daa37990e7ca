/** A process of idle clients; see crowd.ts. */
import type { Order, Report } from './crowd.ts'
import { inParallel } from './waiting.ts'
import { Watcher } from './watcher.ts'

const watchers: Watcher[] = []

const report = (): Report => {
  const lost = watchers.filter(({ closed }) => closed !== undefined).length
  return { open: watchers.length - lost, lost }
}

process.on('message', async (order: Order) => {
  try {
    if ('attach' in order) {
      const attach = (run: string) => Watcher.attach(order.address, run)
      watchers.push(...(await inParallel(order.attach, 50, attach)))
    }
    process.send!(report())
  } catch (error) {
    process.send!({ error: (error as Error).message })
  }
})
process.on('disconnect', () => process.exit())
