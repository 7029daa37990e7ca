import type { Plugin } from 'vite'
import { layoutCharts } from './layout.ts'

const RESOLVED = '\0virtual:charts'

/** Gives the page the charts of this version, laid out: `import { drawings } from 'virtual:charts'`. */
export const chartsPlugin = (): Plugin => ({
  name: 'troupe-charts',
  resolveId: { filter: { id: /^virtual:charts$/ }, handler: () => RESOLVED },
  load: {
    filter: { id: /^\0virtual:charts$/ },
    // A text that is parsed is quicker to load than the same as a program.
    handler: async () =>
      `export const drawings = JSON.parse(${JSON.stringify(JSON.stringify(await layoutCharts()))})`
  }
})
