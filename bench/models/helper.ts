import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { end, listening, type Server } from '../server.ts'
import { within } from '../waiting.ts'

const running = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/** Starts a file of the bench that prints `listening on <url>`, in a process of its own. */
export async function startHelper(file: string, ...args: string[]): Promise<Server> {
  const path = fileURLToPath(new URL(file, import.meta.url))
  const command = ['--max-semi-space-size=32', path, ...args]
  const child = spawn(process.execPath, command, { stdio: ['ignore', 'pipe', 'inherit'] })
  running.add(child)
  child.once('exit', () => running.delete(child))
  const url = await within(30_000, `the start of ${file}`, listening(child))
  return { url, pids: [child.pid!], startup: 0, lastWords: () => '', stop: () => end(child) }
}
