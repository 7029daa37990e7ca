import { mkdirSync, realpathSync } from 'node:fs'
import { resolve } from 'node:path'
import { Option } from 'commander'
import { type Extensions, loadExtensions } from '../runtime/components/extensions.ts'
import { type Permissions, permit } from '../runtime/components/permissions.ts'
import { Registry } from '../runtime/components/registry.ts'
import { GuardedEgress } from '../runtime/network/egress/egress.ts'
import type { Network } from '../runtime/network/network.ts'
import { collect, collectEach, flag, yesFlag } from './io.ts'

/** What an operator says about what configs may do; the same words for `serve`, `run` and `validate`. */
export interface PermissionFlags {
  allowMcpCommand?: string[]
  allowCodeExecution?: boolean
  unsafeCodeExecution?: boolean
  tools?: string[]
  allowPythonTools?: boolean
  python?: string
  pythonVenv?: string
  files?: string
  browser?: string
  egress?: string[]
}

/** The flags. Where they are `plain` they take no yes or no, since a file follows them; elsewhere a variable may say no. */
export const permissionFlags = (how: 'plain' | 'yes or no' = 'yes or no'): Option[] => [
  flag('--allow-mcp-command <command>', 'lets teams start this as an MCP server; repeatable').argParser(
    collect
  ),
  yes('--allow-code-execution', 'lets teams run code on this machine', how),
  yes('--unsafe-code-execution', 'runs code of teams also where nothing can isolate it', how),
  flag('--tools <file>', 'a module with tools and components that teams may name; repeatable').argParser(
    collect
  ),
  yes('--allow-python-tools', 'runs Python functions that teams bring along', how),
  flag('--python <program>', 'the Python for them, 3.10 or newer (default: python3)'),
  flag('--python-venv <folder>', 'the virtual environment for them'),
  flag('--files <folder>', 'the folder that a FileSurfer reads, and in which tools leave files'),
  flag('--browser <program>', 'the Chromium for a MultimodalWebSurfer'),
  flag(
    '--egress <where>',
    'what teams may reach: any, public, or host[:port] besides the public internet; repeatable'
  ).argParser(collectEach)
]

const yes = (name: string, text: string, how: 'plain' | 'yes or no'): Option =>
  how === 'plain' ? new Option(name, text) : yesFlag(name, text)

/** What the flags allow. `output` is where tools leave files, `hidden` are folders that code of teams does not see. */
export async function permissionsOf(
  flags: PermissionFlags,
  { output = '.', hidden = [] }: { output?: string; hidden?: string[] } = {}
): Promise<Permissions & { types: Extensions['types'] }> {
  const { tools, types } = await loadExtensions(flags.tools ?? [])
  const isolation = { unsafe: flags.unsafeCodeExecution ?? false, hidden }
  return {
    mcpCommands: flags.allowMcpCommand ?? [],
    codeExecution: flags.allowCodeExecution ?? false,
    ...{ tools, types, isolation },
    python: flags.allowPythonTools ? { program: pythonOf(flags) } : undefined,
    files: flags.files === undefined ? undefined : folderAt(flags.files),
    output: resolve(flags.files ?? output),
    browser: flags.browser,
    ...(flags.egress && { egress: new GuardedEgress(flags.egress) })
  }
}

/**
 * A registry that lets configs do this much, and what their models' requests go through; `everything` has all processes
 * allowed, for who starts nothing.
 */
export async function registryFor(
  flags: PermissionFlags,
  { everything = false } = {}
): Promise<{ registry: Registry; network: Network | undefined }> {
  const permissions = await permissionsOf(flags)
  const registry = permit(
    new Registry(),
    everything ? { ...permissions, mcpCommands: 'any', codeExecution: true, looksOnly: true } : permissions
  )
  return { registry, network: permissions.egress?.network }
}

const pythonOf = ({ python, pythonVenv }: PermissionFlags): string =>
  pythonVenv === undefined ? (python ?? 'python3') : resolve(pythonVenv, 'bin', 'python')

function folderAt(path: string): string {
  mkdirSync(path, { recursive: true })
  return realpathSync(path)
}
