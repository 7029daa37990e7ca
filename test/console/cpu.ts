import type { Page } from 'playwright-core'

/** How long the page's thread has worked, and how long for scripts, styles and layout of it. In milliseconds. */
export interface Work {
  all: number
  script: number
  style: number
  layout: number
}

/** Begins to count what a page does with the processor; what else the machine does is not counted. */
export async function workOf(page: Page): Promise<() => Promise<Work>> {
  const session = await page.context().newCDPSession(page)
  await session.send('Performance.enable', { timeDomain: 'threadTicks' })
  const read = async (): Promise<Work> => {
    const { metrics } = await session.send('Performance.getMetrics')
    const of = (wanted: string) => (metrics.find(({ name }) => name === wanted)?.value ?? 0) * 1000
    return {
      all: of('TaskDuration'),
      script: of('ScriptDuration'),
      style: of('RecalcStyleDuration'),
      layout: of('LayoutDuration')
    }
  }
  const before = await read()
  return async () => {
    const now = await read()
    return {
      all: now.all - before.all,
      script: now.script - before.script,
      style: now.style - before.style,
      layout: now.layout - before.layout
    }
  }
}
