/** `npm run bench -- --list`, `npm run bench -- <name> [--flags]`, `npm run bench -- all`, and a
 * beginning of names (`models`). See README.md. */
import { parseArgs } from 'node:util'
import type { Case } from './case.ts'
import { cases } from './cases.ts'
import { asJson, asMarkdown } from './figures.ts'
import { measure, type Target } from './measure.ts'

const common = {
  list: { type: 'boolean' },
  markdown: { type: 'boolean' },
  url: { type: 'string' },
  pid: { type: 'string' },
  bin: { type: 'string' },
  serve: { type: 'string' }
} as const

process.on('SIGINT', () => process.exit(130))
process.on('SIGTERM', () => process.exit(143))
const code = await main(process.argv.slice(2)).catch((error: Error) => {
  console.error(error.message)
  return 1
})
// Sockets of a failed case may still be open.
process.exit(code)

async function main(args: string[]): Promise<number> {
  const name = args.find((arg) => !arg.startsWith('-'))
  const chosen = chosenBy(name)
  if (args.includes('--list') || chosen.length === 0) {
    list()
    return args.includes('--list') ? 0 : 1
  }
  const own = chosen.length === 1 ? Object.keys(chosen[0]!.params) : []
  const options = { ...common, ...Object.fromEntries(own.map((key) => [key, { type: 'string' as const }])) }
  const values: Record<string, string | boolean | undefined> = parseArgs({
    args,
    options,
    allowPositionals: true
  }).values
  let code = 0
  for (const one of chosen) if (!(await run(one, values))) code = 1
  return code
}

/** The case of this name, else all whose names begin with it. */
function chosenBy(name: string | undefined): readonly Case[] {
  if (name === 'all') return cases
  const one = cases.filter((one) => one.name === name)
  return one.length > 0 ? one : cases.filter((one) => one.name.startsWith(`${name}-`))
}

/** Measures a case and prints its line. Whether it could be measured. */
async function run(one: Case, values: Record<string, string | boolean | undefined>): Promise<boolean> {
  const params = Object.fromEntries(
    Object.entries(one.params).map(([key, usual]) => [key, number(key, values[key] ?? usual)])
  )
  try {
    const result = await measure(one, params, targetOf(values))
    console.log(values.markdown ? asMarkdown(result) : asJson(result))
    return true
  } catch (error) {
    console.log(JSON.stringify({ name: one.name, params, error: (error as Error).message }))
    return false
  }
}

function targetOf({ url, pid, bin, serve }: Record<string, string | boolean | undefined>): Target {
  if (url && !pid) throw new Error('--url needs --pid: the process of that server')
  const words = (text: string | boolean | undefined, separator: RegExp) =>
    String(text ?? '')
      .split(separator)
      .filter(Boolean)
  return {
    ...(url && { url: String(url) }),
    pids: words(pid, /,/).map((one) => number('pid', one)),
    ...(bin && { bin: String(bin) }),
    flags: words(serve, /\s+/)
  }
}

function number(name: string, value: string | number | boolean): number {
  if (value === '' || !Number.isFinite(Number(value)))
    throw new Error(`--${name} takes a number, not "${value}"`)
  return Number(value)
}

function list(): void {
  for (const { name, about, params } of cases) {
    const flags = Object.entries(params).map(([key, usual]) => `--${key} ${usual}`)
    console.log(`${name.padEnd(14)} ${about}\n${' '.repeat(15)}${flags.join(' ')}`)
  }
}
