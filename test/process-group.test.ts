import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { describe, expect, test } from 'vitest'
import { runLimited } from '../src/runtime/agents/code-executor/limited-process.ts'
import { endGroup, spawnGroup } from '../src/runtime/shared/process-group.ts'
import { McpWorkbench } from '../src/runtime/tools/mcp/workbench.ts'

const env = { PATH: process.env.PATH }
const signal = new AbortController().signal

// One that has ended and that nobody has asked about is still in the table, as a zombie.
const alive = (pid: number): boolean =>
  /^[^Z\s]/.test(spawnSync('ps', ['-o', 'stat=', '-p', String(pid)]).stdout.toString())

const gone = (pid: number) => expect.poll(() => alive(pid), { timeout: 5000 }).toBe(false)

describe('a process group', () => {
  test('runs its program with the environment it is given, and no other', async () => {
    const child = spawnGroup(['sh', '-c', 'echo "$A-$HOME-$1"', 'sh', 'it is "x"'], {
      ...{ env: { ...env, A: 'a' }, stdin: 'ignore', stderr: 'ignore' }
    })
    expect(await text(child.stdout!)).toBe('a--it is "x"\n')
  })

  test('ends with its program, whatever that has started', async () => {
    const child = spawnGroup(['sh', '-c', 'sleep 60 & echo $!'], { env, stdin: 'ignore', stderr: 'ignore' })
    await gone(Number(await text(child.stdout!)))
  })

  test('ends when it is told to, all of it', async () => {
    const child = spawnGroup(['sh', '-c', 'sleep 60 & echo $!; wait'], {
      ...{ env, stdin: 'ignore', stderr: 'ignore' }
    })
    const [line] = await once(child.stdout!, 'data')
    endGroup(child.pid)
    await once(child, 'close')
    await gone(Number(line))
  })

  test('ends with 127 where there is no such program', async () => {
    const child = spawnGroup(['no-such-program'], { env, stdin: 'ignore', stderr: 'ignore' })
    expect(await once(child, 'close')).toEqual([127, null])
  })

  test('does not outlive the process that started it, even one that is killed', async () => {
    const module = new URL('../src/runtime/shared/process-group.ts', import.meta.url).href
    const script = `
      const { spawnGroup } = await import(${JSON.stringify(module)})
      const options = { env: process.env, stdin: 'ignore', stderr: 'ignore' }
      spawnGroup(['sh', '-c', 'trap "" TERM HUP; echo $$; sleep 60 & wait'], options).stdout.pipe(process.stdout)`
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit']
    })
    const [line] = await once(parent.stdout, 'data')
    expect(alive(Number(line))).toBe(true)
    parent.kill('SIGKILL')
    await gone(Number(line))
  })
})

describe('a program with limits', () => {
  const limits = { time: 20_000, memory: 256 * 2 ** 20, file: 2 ** 20, output: 10_000 }

  test('does not get more memory than it may have', async () => {
    const script = 'print("begun", flush=True); x = bytearray(1024 ** 3); print("got it")'
    const ended = await runLimited(['python3', '-c', script], '/tmp', limits, signal)
    expect(ended.stdout).toBe('begun\n')
    expect(ended.stderr).toContain('MemoryError')
    expect(ended.exitCode).toBe(1)
  })

  test('is gone, with all that it has started, when its run is cancelled', async () => {
    const stop = new AbortController()
    const file = `/tmp/troupe-test-${process.pid}`
    const script = `sleep 60 & echo $! > ${file}; wait`
    const running = runLimited(['sh', '-c', script], '/tmp', limits, stop.signal)
    const pid = () => Number(spawnSync('cat', [file]).stdout.toString())
    await expect.poll(pid).toBeGreaterThan(0)
    const sleeper = pid()
    spawnSync('rm', ['-f', file])
    stop.abort(new Error('Enough.'))
    await expect(running).rejects.toThrow('Enough.')
    await gone(sleeper)
  })
})

describe('an MCP server that is started by another program and does not want to end', () => {
  test('is ended with its workbench', async () => {
    const server = new URL('./tools/mcp/mcp-server.ts', import.meta.url).pathname
    const file = `/tmp/troupe-test-mcp-${process.pid}`
    // As npx does it: the server is a child of what is started. It stays when its input ends and when it is asked to go.
    const program = `
      process.on('SIGTERM', () => {})
      setInterval(() => {}, 1000)
      await import('node:fs').then((fs) => fs.writeFileSync('${file}', String(process.pid)))
      await import('${server}')`
    const script = `${process.execPath} --input-type=module -e "$1" "$2"; true`
    const args = ['-c', script, 'sh', program, server]
    const params = { type: 'StdioServerParams' as const, command: 'sh', args, read_timeout_seconds: 20 }
    const workbench = new McpWorkbench(params)
    await workbench.listTools(signal)
    const pid = Number(spawnSync('cat', [file]).stdout.toString())
    spawnSync('rm', ['-f', file])
    expect(alive(pid)).toBe(true)
    await workbench.stop()
    await gone(pid)
  })
})
