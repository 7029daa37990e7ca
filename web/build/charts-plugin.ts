import type { Plugin } from 'vite'
import { layoutCharts } from './layout.ts'

const NAME = 'virtual:charts'

/** Gives the page the charts of this version, laid out: `import { layouts } from 'virtual:charts'`. */
export const chartsPlugin = (): Plugin => ({
  name: 'troupe-charts',
  resolveId: (id) => (id === NAME ? `\0${NAME}` : undefined),
  async load(id) {
    if (id !== `\0${NAME}`) return undefined
    // A text that is parsed is quicker to load than the same as a program.
    return `export const layouts = JSON.parse(${JSON.stringify(JSON.stringify(await layoutCharts()))})`
  }
})
