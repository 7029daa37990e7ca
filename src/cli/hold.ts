import { existsSync, linkSync, mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'

/** Takes a data folder for this process, or throws where a living process has it. Gives a way to let go of it. */
export const hold = (folder: string): (() => void) => take(folder, join(folder, 'troupe.pid'))

/** Takes a database likewise: another data folder may name the same one. */
export function holdDatabase(url: string): () => void {
  const path = /^sqlite:(?!:memory:$)(.+)$/s.exec(url)?.[1]
  if (path === undefined) return () => {}
  const file = whereIs(resolve(path))
  return take(file, `${file}.pid`)
}

/** The one name of a file that may have several, whether it is there or not. */
function whereIs(path: string): string {
  if (existsSync(path)) return realpathSync(path)
  mkdirSync(dirname(path), { recursive: true })
  return join(realpathSync(dirname(path)), basename(path))
}

/**
 * Notes in a file that this process has something. What a killed process left behind does not count: its id is gone,
 * or belongs to a process that started later.
 */
function take(what: string, file: string): () => void {
  const mine = `${file}.${process.pid}`
  writeFileSync(mine, JSON.stringify({ pid: process.pid, began: began(process.pid) }))
  try {
    for (let tries = 0; ; tries++) {
      try {
        linkSync(mine, file)
        break
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || tries > 2) throw error
        const holder = read(file)
        if (holder && holder.pid !== process.pid && began(holder.pid) === holder.began) {
          throw new Error(`${what} is in use by the process ${holder.pid}.`)
        }
        rmSync(file, { force: true })
      }
    }
  } finally {
    rmSync(mine, { force: true })
  }
  return () => {
    if (read(file)?.pid === process.pid) rmSync(file, { force: true })
  }
}

interface Holder {
  pid: number
  began: string | null
}

function read(file: string): Holder | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return null
  }
}

/** When a process began, in the kernel's words; null where there is none. Elsewhere than on Linux: whether it lives. */
function began(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null
  } catch {
    if (process.platform === 'linux') return null
  }
  try {
    process.kill(pid, 0)
    return 'alive'
  } catch {
    return null
  }
}
