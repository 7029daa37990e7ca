import { spawnSync } from 'node:child_process'

/** How a program is kept apart from this process, in the words of an operator. */
export type IsolationWay = 'bubblewrap' | 'unshare'

/** How an operator wants code of others kept apart from this process. */
export interface Isolation {
  /** Whether it runs all the same where this system cannot isolate it. */
  unsafe: boolean
  /** Folders that look empty to it, such as the one with the database. */
  hidden?: readonly string[]
  /** Whether it has the network; yes, where it is not said. */
  network?: boolean
}

/**
 * The command that runs a program in a folder of its own as the operator wants it. Throws where this system has no way
 * to keep it apart, and the operator has not said that it may run without.
 */
export function apart(command: readonly string[], folder: string, isolation: Isolation): readonly string[] {
  const way = isolationHere()
  if (way)
    return isolated(command, way, { folder, hidden: isolation.hidden, network: isolation.network ?? true })
  if (!isolation.unsafe) throw new Error(noIsolation)
  return command
}

/** What a program may have of this machine besides its own folder. */
interface Isolated {
  /** The folder in which it may write. */
  folder: string
  /** Folders of this machine that look empty to it, such as the one with the database. */
  hidden?: readonly string[]
  /** Whether it has the network. */
  network: boolean
}

// What a program has in a namespace of its own: users, processes, mounts, messages between processes.
const UNSHARE = [
  ...['unshare', '--user', '--map-root-user', '--mount', '--pid', '--fork', '--ipc'],
  ...['--mount-proc', '--kill-child=SIGKILL']
]
const BUBBLEWRAP = ['bwrap', '--unshare-user', '--unshare-pid', '--unshare-ipc', '--die-with-parent']

let known: IsolationWay | null | undefined

/**
 * The way in which this system can isolate a program: with namespaces of its own it sees neither this process nor its
 * environment, cannot end it, and leaves nothing behind. null where there is none. Asked of the system once.
 */
export function isolationHere(): IsolationWay | null {
  if (known !== undefined) return known
  const works = (command: readonly string[]) =>
    spawnSync(command[0]!, [...command.slice(1), 'true'], { stdio: 'ignore', timeout: 5000 }).status === 0
  if (works([...BUBBLEWRAP, ...wholeTree('/')])) known = 'bubblewrap'
  else known = works([...UNSHARE, '--']) ? 'unshare' : null
  return known
}

/** The command that runs a program apart from this process, in the way that the system has. */
function isolated(command: readonly string[], way: IsolationWay, options: Isolated): string[] {
  const { folder, hidden = [], network } = options
  if (way === 'bubblewrap') {
    const cut = network ? [] : ['--unshare-net']
    const empty = hidden.flatMap((path) => ['--tmpfs', path])
    return [...BUBBLEWRAP, ...cut, ...wholeTree(folder), ...empty, '--chdir', folder, '--', ...command]
  }
  // The shell inside covers the hidden folders and makes way for the program.
  const script =
    'while [ "$1" != -- ]; do mount -t tmpfs none "$1" || exit 126; shift; done; shift; exec "$@"'
  const cut = network ? [] : ['--net']
  return [...UNSHARE, ...cut, '--', '/bin/sh', '-c', script, 'sh', ...hidden, '--', ...command]
}

const wholeTree = (folder: string): string[] => [
  ...['--ro-bind', '/', '/', '--dev', '/dev', '--proc', '/proc'],
  ...(folder === '/' ? [] : ['--bind', folder, folder])
]

/** The warning to the operator where nothing isolates. */
export const noIsolation =
  'This system has no way to keep code apart from this process: neither bubblewrap nor unshare works here. ' +
  'Install bubblewrap, or say --unsafe-code-execution to run it without.'
