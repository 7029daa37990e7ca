import { charts, provideCharts, machines as written } from '../../src/runtime/execution/charts.ts'

/** The charts that scenes play with. */
export const machines = { ...written }

/** Has scenes and runs play with other charts for a while. */
export async function recast(changed: Partial<typeof machines>, play: () => Promise<void>): Promise<void> {
  const before = { ...machines }
  Object.assign(machines, changed)
  Object.assign(charts, provideCharts(machines))
  try {
    await play()
  } finally {
    Object.assign(machines, before)
    Object.assign(charts, provideCharts(machines))
  }
}
