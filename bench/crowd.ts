import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Address } from './socket.ts'
import { within } from './waiting.ts'

/** What a member of the crowd is told. */
export type Order = { attach: string[]; address: Address } | { count: true }

/** What it answers: how many of its sockets are closed. */
export interface Report {
  open: number
  lost: number
}

const file = fileURLToPath(new URL('./crowd-member.ts', import.meta.url))

/** Client processes: each is allowed its own open files. */
export class Crowd {
  readonly #members: ChildProcess[]
  readonly #address: Address

  constructor(address: Address, members: number) {
    this.#address = address
    this.#members = Array.from({ length: members }, () => fork(file, { execArgv: [] }))
  }

  /** One client on each run, spread over the members. */
  async attach(runs: readonly string[]): Promise<void> {
    const address = this.#address
    const share = (index: number) => runs.filter((_, at) => at % this.#members.length === index)
    await Promise.all(this.#members.map((member, index) => tell(member, { attach: share(index), address })))
  }

  async count(): Promise<Report> {
    const reports = await Promise.all(this.#members.map((member) => tell(member, { count: true })))
    const sum = (field: keyof Report) => reports.reduce((total, report) => total + report[field], 0)
    return { open: sum('open'), lost: sum('lost') }
  }

  leave(): void {
    for (const member of this.#members) member.kill('SIGKILL')
  }
}

async function tell(member: ChildProcess, order: Order): Promise<Report> {
  const answer = once(member, 'message')
  const end = once(member, 'exit').then(() => Promise.reject(new Error('a client process has ended')))
  end.catch(() => {})
  member.send(order)
  const [report] = await within(600_000, 'the answer of a client process', Promise.race([answer, end]))
  if ('error' in report) throw new Error(report.error)
  return report as Report
}
