import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { CodeResult } from '../../src/machines/messages/index.ts'
import { codeBlocks } from '../../src/runtime/agents/code-executor/blocks.ts'
import type { CodeExecutor } from '../../src/runtime/agents/code-executor/executor.ts'
import { runLimited } from '../../src/runtime/agents/code-executor/limited-process.ts'
import {
  LocalCommandLineCodeExecutor,
  localCodeExecutor
} from '../../src/runtime/agents/code-executor/local.ts'
import { CodeExecutorAgent } from '../../src/runtime/agents/code-executor.ts'
import { dump, Registry } from '../../src/runtime/components/registry.ts'
import { processesWith } from '../support/processes.ts'
import { askedModel, text, turnsOf } from './asked-model.ts'

const signal = new AbortController().signal
const sh = (code: string) => [{ language: 'sh', code }]
const fence = (code: string, language = 'sh') => `\`\`\`${language}\n${code}\n\`\`\``

/** A local executor that is stopped when the test is over. */
function local(options: ConstructorParameters<typeof LocalCommandLineCodeExecutor>[0] = {}) {
  const executor = new LocalCommandLineCodeExecutor(options)
  onTestFinished(() => executor.stop())
  return executor
}

/** An executor that gives these results and keeps what it ran. */
function scripted(...results: CodeResult[]) {
  const ran: string[] = []
  const executor: CodeExecutor = {
    execute: async (blocks) => {
      ran.push(...blocks.map(({ code }) => code.trim()))
      return results.shift() ?? { exit_code: 0, output: 'done' }
    },
    stop: async () => {}
  }
  return { executor, ran }
}

describe('an agent that runs code', () => {
  test('runs the fenced blocks of what it has heard, of its sources and languages only', async () => {
    const task = [
      {
        type: 'TextMessage',
        source: 'user',
        content: `${fence('one')} ${fence('no', 'ruby')} ${fence('two', 'python')}`
      },
      { type: 'TextMessage', source: 'other', content: fence('three') }
    ] as never
    const { executor, ran } = scripted()
    const agent = new CodeExecutorAgent('a', { codeExecutor: executor, sources: ['user'] })
    expect(await turnsOf(agent, { task })).toMatchObject([{ type: 'TextMessage', content: 'done' }])
    expect(ran).toEqual(['one', 'two'])
  })

  test('says so where there is nothing to run', async () => {
    const { executor } = scripted()
    const said = await turnsOf(new CodeExecutorAgent('a', { codeExecutor: executor }))
    expect(said).toMatchObject([{ content: expect.stringMatching(/^No code blocks found in the thread\./) }])
  })

  test.each([
    [
      { exit_code: 0, output: ' \n' },
      'The script ran but produced no output to console. The POSIX exit code was: 0.'
    ],
    [
      { exit_code: 3, output: 'oh' },
      'The script ran, then exited with an error (POSIX exit code: 3)\nIts output was:\noh'
    ]
  ])('puts a result into words: %j', async (result, content) => {
    const agent = new CodeExecutorAgent('a', { codeExecutor: scripted(result).executor })
    expect(await turnsOf(agent, { task: fence('x') })).toMatchObject([{ content }])
  })

  test('with a model shows what it writes and what came of it, and lets the model have the last word', async () => {
    const { model, asked } = askedModel([text(fence('one'), 'hm'), text('It is done.')])
    const agent = new CodeExecutorAgent('a', { codeExecutor: scripted().executor, modelClient: model })
    const said = await turnsOf(agent)
    expect(said.map(({ type }) => type)).toEqual([
      'ThoughtEvent',
      'CodeGenerationEvent',
      'CodeExecutionEvent',
      'TextMessage'
    ])
    expect(said.at(-1)).toMatchObject({ content: 'It is done.', models_usage: { completion_tokens: 3 } })
    expect(asked[1]?.messages.at(-1)).toMatchObject({ type: 'UserMessage', content: 'done' })
  })

  test('has code mended that failed, as often as it may and its model wants to', async () => {
    const broken = { exit_code: 1, output: 'broken' }
    const decide = (retry: boolean) => text(JSON.stringify({ retry, reason: 'a typo' }))
    const { model } = askedModel([
      ...[text(fence('one')), decide(true), text(fence('two')), decide(false)],
      text('I give up.')
    ])
    const { executor, ran } = scripted(broken, broken)
    const agent = new CodeExecutorAgent('a', {
      codeExecutor: executor,
      modelClient: model,
      maxRetriesOnError: 5
    })
    const said = await turnsOf(agent)
    expect(ran).toEqual(['one', 'two'])
    expect(said).toContainEqual(
      expect.objectContaining({ content: 'Attempt number: 1\nProposed correction: a typo', code_blocks: [] })
    )
    expect(said.at(-1)).toMatchObject({ content: 'I give up.' })
  })

  test('runs nothing that is not approved', async () => {
    const { executor, ran } = scripted()
    const agent = new CodeExecutorAgent('a', {
      codeExecutor: executor,
      approve: (code) => ({ approved: false, reason: `not ${code.length} characters` })
    })
    const said = await turnsOf(agent, { task: fence('x') })
    expect(said).toMatchObject([
      { content: expect.stringContaining('not approved. Reason: not 12 characters') }
    ])
    expect(ran).toEqual([])
    expect(() => dump(agent)).toThrow()
  })
})

describe('the local executor', () => {
  test('runs shell scripts and Python one after the other, in a folder that they share and nobody else', async () => {
    const executor = local()
    const made = await executor.execute(
      [...sh('echo 41 > n; pwd'), { language: 'python', code: 'print(int(open("n").read()) + 1)' }],
      signal
    )
    const [folder = '', answer] = made.output.trim().split('\n')
    expect(made.exit_code).toBe(0)
    expect(answer).toBe('42')
    expect(folder).not.toBe(process.cwd())
    await executor.stop()
    expect(existsSync(folder)).toBe(false)
  })

  test('runs JavaScript', async () => {
    const block = { language: 'js', code: 'console.log([41].map((n) => n + 1)[0])' }
    expect(await local().execute([block], signal)).toEqual({ exit_code: 0, output: '42\n' })
  })

  test('stops at the first block that fails', async () => {
    const result = await local().execute([...sh('echo one'), ...sh('exit 3'), ...sh('echo two')], signal)
    expect(result).toEqual({ exit_code: 3, output: 'one\n' })
  })

  test('keeps what this process knows to itself', async () => {
    process.env.TROUPE_TEST_SECRET = 'sk-secret'
    onTestFinished(() => void delete process.env.TROUPE_TEST_SECRET)
    expect((await local().execute(sh('env'), signal)).output).not.toContain('sk-secret')
  })

  test('ends what takes too long, and all that it has started', async () => {
    const limits = { time: 200, memory: 2 ** 31, file: 2 ** 20, output: 2 ** 20 }
    const ended = await runLimited(['sh', '-c', 'sleep 60 & echo $!; wait'], '/tmp', limits, signal)
    expect(ended).toMatchObject({ exitCode: 124, stderr: expect.stringContaining('Timeout') })
    await expect.poll(() => alive(Number(ended.stdout))).toBe(false)
  })

  test('leaves nothing behind that runs on when a script has ended', async () => {
    const seconds = `60.${process.pid}`
    await local().execute(sh(`sleep ${seconds} & true`), signal)
    await expect.poll(() => processesWith(seconds)).toEqual([])
  })

  test('rejects with the reason when it is aborted, and ends what runs', async () => {
    const leave = new AbortController()
    const running = local().execute(sh('sleep 60'), leave.signal)
    leave.abort(new Error('Enough.'))
    await expect(running).rejects.toThrow('Enough.')
  })

  test('keeps a part of endless output', async () => {
    const limits = { time: 20_000, memory: 2 ** 31, file: 2 ** 20, output: 1000 }
    const ended = await runLimited(
      ['sh', '-c', 'head -c 100000 /dev/zero | tr "\\0" x'],
      '/tmp',
      limits,
      signal
    )
    expect(ended.stdout).toMatch(/^x{1000}\n… 99000 more bytes$/)
  })

  test('does not write files without end', async () => {
    const limits = { time: 20_000, memory: 2 ** 31, file: 2 ** 20, output: 1000 }
    const script = 'head -c 10000000 /dev/zero > "$0"; status=$?; rm -f "$0"; exit $status'
    const ended = await runLimited(
      ['sh', '-c', script, `/tmp/troupe-big-${process.pid}`],
      '/tmp',
      limits,
      signal
    )
    expect(ended.exitCode).not.toBe(0)
  })

  test('knows only its languages, and files in its folder', async () => {
    expect(await local().execute([{ language: 'ruby', code: '' }], signal)).toMatchObject({ exit_code: 1 })
    const outside = await local().execute(sh('# filename: ../evil.sh\necho no'), signal)
    expect(outside).toEqual({ exit_code: 1, output: 'Filename is not in the workspace' })
    const named = await local({ cleanup_temp_files: false }).execute(
      sh('# filename: in/side.sh\nls in'),
      signal
    )
    expect(named).toEqual({ exit_code: 0, output: 'side.sh\n' })
  })
})

describe('a config', () => {
  const component = {
    provider: 'autogen_agentchat.agents.CodeExecutorAgent',
    config: {
      name: 'coder',
      code_executor: {
        provider: 'autogen_ext.code_executors.local.LocalCommandLineCodeExecutor',
        config: { timeout: 30, work_dir: 'coding' }
      },
      sources: ['writer']
    }
  }

  test('has code run only where the operator allows it', () => {
    expect(() => new Registry().load(component)).toThrow('The operator has not allowed code to be run')
    const registry = new Registry().register(localCodeExecutor(true))
    expect(dump(registry.load<object>(component, 'agent'))).toMatchObject(component)
  })
})

test('a fence names its language in any case, and what is in no language of the list is left out', () => {
  const blocks = codeBlocks('```Python\na\n``` ```\nb\n``` ``` sh\nc\n``` ```c++\nd\n```', [
    'python',
    'sh',
    'c++'
  ])
  expect(blocks.map(({ code }) => code.trim())).toEqual(['a', 'c', 'd'])
})

// One that has ended and that nobody has asked about is still in the table, as a zombie.
const alive = (pid: number): boolean =>
  /^[^Z\s]/.test(spawnSync('ps', ['-o', 'stat=', '-p', String(pid)]).stdout.toString())
