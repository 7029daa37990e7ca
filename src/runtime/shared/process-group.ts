import { type ChildProcess, spawn } from 'node:child_process'

/** What a process group is started with. */
export interface GroupOptions {
  folder?: string
  /** All the environment there is. */
  env: Record<string, string | undefined>
  stdin: 'pipe' | 'ignore'
  stderr: 'pipe' | 'ignore'
  /** Lines of shell that come before the program. */
  before?: readonly string[]
}

// The watcher at the third pipe notices when this process is gone, however that came, and ends the group.
const WATCH = '(read -r end <&3; kill -9 0) >/dev/null 2>&1 & exec 3<&-'

/** Milliseconds in which the last of the output has to come when a program has ended. */
const LEFTOVERS = 500

/**
 * Starts a program in a process group of its own. What the program starts ends when it does, and all of it when this
 * process ends. A program that is not there ends at once with 127.
 */
export function spawnGroup(command: readonly string[], options: GroupOptions): ChildProcess {
  const script = [WATCH, ...(options.before ?? []), 'exec "$@"'].join('\n')
  const child = spawn('/bin/sh', ['-c', script, 'sh', ...command], {
    cwd: options.folder,
    detached: true,
    env: options.env,
    stdio: [options.stdin, 'pipe', options.stderr, 'pipe']
  })
  const line = child.stdio[3]
  // It is cut from the other side when the group ends.
  line?.on('error', () => {})
  child.on('exit', () => {
    endGroup(child.pid)
    // A process that left the group may hold the pipes: not for long.
    setTimeout(() => [child.stdout, child.stderr, line].map((pipe) => pipe?.destroy()), LEFTOVERS).unref()
  })
  return child
}

/** Ends all processes of a group that are left. */
export function endGroup(pid: number | undefined, signal: NodeJS.Signals = 'SIGKILL'): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, signal)
  } catch {
    // No process of the group is left.
  }
}
