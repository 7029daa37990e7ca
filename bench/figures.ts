/** From measurements to a JSON line or a row of bench/RESULTS.md. */
import { execFileSync } from 'node:child_process'

/** Numbers by name; a name ends with its unit. */
export type Figures = Record<string, number | null>

/** One measured case. */
export interface Result {
  name: string
  params: Record<string, number | string>
  figures: Figures
  load: Record<string, number>
  date: string
  commit: string
  node: string
}

/** p50, p95, p99 and the worst of some milliseconds (nearest rank), each under `name`. */
export function percentiles(name: string, values: number[]): Figures {
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b)
  const at = (part: number) => sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? null
  return {
    [`${name}_p50_ms`]: at(0.5),
    [`${name}_p95_ms`]: at(0.95),
    [`${name}_p99_ms`]: at(0.99),
    [`${name}_max_ms`]: at(1)
  }
}

/** The middle one of some numbers. */
export const median = (values: number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!

/** How many of something per CPU second, and the CPU microseconds of one. */
export const perCpu = (what: string, count: number, cpu: number): Figures => ({
  [`${what}s`]: count,
  [`${what}s_per_cpu_s`]: cpu > 0 ? count / cpu : null,
  [`cpu_us_per_${what}`]: count > 0 ? (cpu * 1e6) / count : null
})

/** When and with what something was measured; a `+` after the commit: with changes. */
export const circumstances = (): Pick<Result, 'date' | 'commit' | 'node'> => ({
  date: new Date().toISOString(),
  commit: commit(),
  node: process.version
})

function commit(): string {
  const git = (...args: string[]): string =>
    execFileSync('git', args, { cwd: import.meta.dirname, stdio: ['ignore', 'pipe', 'ignore'] })
      .toString()
      .trim()
  try {
    return git('rev-parse', '--short', 'HEAD') + (git('status', '--porcelain', '--', '..') ? '+' : '')
  } catch {
    return 'none'
  }
}

/** The result as one line of JSON. */
export const asJson = (result: Result): string =>
  JSON.stringify(result, (_, value) => (typeof value === 'number' ? short(value) : value))

/** The result as a row of the table in bench/RESULTS.md: date, commit, case, figures, load. */
export function asMarkdown({ name, params, figures, load, date, commit, node }: Result): string {
  const list = (values: object): string =>
    Object.entries(values)
      .map(
        ([key, value]) => `${key} ${typeof value === 'number' ? short(value).toLocaleString('en') : value}`
      )
      .join(', ')
  return `| ${date.slice(0, 10)} | ${commit}, ${node} | ${name}: ${list(params)} | ${list(figures)} | ${list(load)} |`
}

const short = (value: number): number =>
  Math.abs(value) >= 1000 ? Math.round(value) : Number(value.toPrecision(4))
