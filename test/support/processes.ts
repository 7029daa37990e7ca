import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** The processes that another one has started. Linux only. */
export const childrenOf = (pid: number): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((id) => parentOf(id) === pid)

/** The processes that were started with an argument. Linux only. */
export const processesWith = (argument: string): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => commandOf(pid).includes(argument))

function commandOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
  } catch {
    return []
  }
}

/** Whether a process runs; one that has ended and is not buried yet does not. */
export const isAlive = (pid: number): boolean => !['Z', undefined].includes(statOf(pid)?.[0])

/** Which of some processes holds the end at `port` of a connection that comes from another port. */
export function holderOf(pids: readonly number[], port: number, from: number): number | undefined {
  const line = readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .find(([, local, remote]) => local?.endsWith(hex(port)) && remote?.endsWith(hex(from)))
  const socket = `socket:[${line?.[9]}]`
  return pids.find((pid) => readdirSync(`/proc/${pid}/fd`).some((fd) => linkOf(pid, fd) === socket))
}

const hex = (port: number): string => `:${port.toString(16).toUpperCase().padStart(4, '0')}`

/** Looks until something holds; there is no event in another process to wait for. */
export async function until(holds: () => boolean, wish: string): Promise<void> {
  const deadline = Date.now() + 8_000
  while (!holds()) {
    if (Date.now() > deadline) throw new Error(`${wish}: in vain`)
    await sleep(20)
  }
}

const parentOf = (pid: number): number | undefined => {
  const parent = statOf(pid)?.[1]
  return parent === undefined ? undefined : Number(parent)
}

/** State, parent and so on; undefined where there is no such process. */
function statOf(pid: number): string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  } catch {
    return undefined
  }
}

function linkOf(pid: number, fd: string): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/fd/${fd}`)
  } catch {
    return undefined
  }
}
