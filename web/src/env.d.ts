/** The charts of this version, laid out when the page was built. */
declare module 'virtual:charts' {
  export const drawings: Record<string, import('./charts/layout.ts').ChartDrawings>
}
