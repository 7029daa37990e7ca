/** The charts, laid out when the page was built. */
declare module 'virtual:charts' {
  export const layouts: Readonly<Record<string, import('./charts/layout.ts').ChartLayout>>
}
