import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, isAbsolute, join, relative, resolve } from 'node:path'
import { z } from 'zod'
import { type ComponentType, remember } from '../../../machines/component/component.ts'
import type { CodeBlock, CodeResult } from '../../../machines/messages/index.ts'
import { apart, type Isolation, isolationHere, noIsolation } from '../../shared/isolation.ts'
import type { CodeExecutor } from './executor.ts'
import { type Limits, runLimited } from './limited-process.ts'

const Config = z.looseObject({
  /** Seconds for each block. */
  timeout: z.number().min(1).default(60),
  /** Kept, and not used: where code runs on this machine is not a config's choice. */
  work_dir: z.string().nullish(),
  functions_module: z.string().default('functions'),
  cleanup_temp_files: z.boolean().default(true)
})
type Config = z.output<typeof Config>

const limits: Omit<Limits, 'time'> = { memory: 4 * 2 ** 30, file: 256 * 2 ** 20, output: 2 ** 20 }

interface Language {
  program: string
  extension: string
}
const python = { program: 'python3', extension: 'py' }
const sh = { program: 'sh', extension: 'sh' }
const js = { program: process.execPath, extension: 'js' }
const languages = new Map<string, Language>([
  ...(['python', 'py'] as const).map((name) => [name, python] as const),
  ...(['sh', 'shell'] as const).map((name) => [name, sh] as const),
  ...(['js', 'javascript'] as const).map((name) => [name, js] as const),
  ['bash', { program: 'bash', extension: 'bash' }]
])

/**
 * Runs code on this machine, each block as a process of its own in a folder of its own, with limits. The limits keep
 * accidents small; they do not hold an attacker, who can do what the user of this process can do.
 */
export class LocalCommandLineCodeExecutor implements CodeExecutor {
  readonly #config: Config
  readonly #isolation: Isolation
  #folder: Promise<string> | null = null

  /** `isolation`: how the code is kept apart from this process. Where it is not said it runs in any case. */
  constructor(options: z.input<typeof Config> = {}, isolation: Isolation = { unsafe: true }) {
    this.#config = Config.parse(options)
    this.#isolation = isolation
    remember(forbidden, this.#config, this)
  }

  async execute(blocks: readonly CodeBlock[], signal: AbortSignal): Promise<CodeResult> {
    let output = ''
    for (const block of blocks) {
      const ended = await this.#run(block, signal)
      output += ended.output
      if (ended.exit_code !== 0) return { exit_code: ended.exit_code, output }
    }
    return { exit_code: 0, output }
  }

  async stop(): Promise<void> {
    const folder = this.#folder
    this.#folder = null
    if (folder) await rm(await folder, { recursive: true, force: true })
  }

  async #run({ code, language: name }: CodeBlock, signal: AbortSignal): Promise<CodeResult> {
    const language = languages.get(name.toLowerCase())
    if (!language) return { exit_code: 1, output: `\nunknown language ${name.toLowerCase()}` }
    this.#folder ??= mkdtemp(join(await realpath(tmpdir()), 'troupe-code-'))
    const folder = await this.#folder
    const file = fileOf(code, folder, language)
    if (!file) return { exit_code: 1, output: 'Filename is not in the workspace' }
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, code)
    try {
      const time = this.#config.timeout * 1000
      const { exitCode, stdout, stderr } = await runLimited(
        apart([language.program, file], folder, this.#isolation),
        folder,
        { ...limits, time },
        signal
      )
      return { exit_code: exitCode, output: stderr + stdout }
    } finally {
      if (this.#config.cleanup_temp_files) await rm(file, { force: true })
    }
  }
}

/** Where a block is written: it may say so in its first line, `# filename: tool.py`. */
function fileOf(code: string, folder: string, { extension }: Language): string | undefined {
  const [first = ''] = code.slice(0, 4096).split('\n', 1)
  const named = first.startsWith('# filename:') ? first.slice('# filename:'.length).trim() : ''
  const hash = createHash('sha256').update(code).digest('hex')
  const file = resolve(folder, named || `tmp_code_${hash}.${extension}`)
  const inside = relative(folder, file)
  return inside !== '' && !inside.startsWith('..') && !isAbsolute(inside) ? file : undefined
}

/** The component type of the local executor; `allowed` is the operator's word, and without it a config is refused. */
export const localCodeExecutor = (
  allowed: boolean,
  isolation: Isolation = { unsafe: false }
): ComponentType<LocalCommandLineCodeExecutor, Config> => ({
  provider: 'autogen_ext.code_executors.local.LocalCommandLineCodeExecutor',
  kind: 'code_executor',
  version: 1,
  description: 'Runs code on this machine.',
  config: () => Config,
  create(config) {
    if (!allowed) throw new Error('The operator has not allowed code to be run (--allow-code-execution).')
    if (!isolation.unsafe && !isolationHere()) throw new Error(noIsolation)
    return new LocalCommandLineCodeExecutor(config, isolation)
  }
})

const forbidden = localCodeExecutor(false)
