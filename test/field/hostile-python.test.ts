import { describe, expect, onTestFinished, test } from 'vitest'
import { permit } from '../../src/runtime/components/permissions.ts'
import { Registry } from '../../src/runtime/components/registry.ts'
import { StaticWorkbench } from '../../src/runtime/tools/static-workbench.ts'
import type { Tool } from '../../src/runtime/tools/tool.ts'
import { aCall, canIsolate, hasPython } from '../support/python.ts'

const registry = permit(new Registry(), {
  ...{ mcpCommands: [], codeExecution: false, isolation: { unsafe: !canIsolate } },
  python: { program: 'python3' }
})

/** Tools whose bodies are these lines; `calm` is one that is called after the others. */
function bench(sources: Record<string, string>) {
  const tools = Object.entries({ ...sources, calm: 'return "calm"' }).map(([name, body]) =>
    registry.load<Tool>({
      provider: 'autogen_core.tools.FunctionTool',
      config: {
        ...{ name, description: 'D', global_imports: ['os', 'sys', 'time', 'threading', 'asyncio'] },
        source_code: `def ${name}() -> str:\n${body.replaceAll(/^/gm, '    ')}\n`
      }
    })
  )
  const made = new StaticWorkbench(tools)
  onTestFinished(() => made.close())
  return made
}
const call = (made: StaticWorkbench, name: string, more: Parameters<typeof aCall>[0] = {}) =>
  made.callTool(name, {}, aCall(more))

describe.skipIf(!hasPython)('a Python function of a config that means harm, or does it unwittingly', () => {
  test.each([
    ['leaves by sys.exit', 'sys.exit(3)'],
    ['leaves by os._exit', 'os._exit(3)'],
    ['leaves by exit', 'exit()'],
    ['raises KeyboardInterrupt', 'raise KeyboardInterrupt()'],
    ['ends its own process', 'os.kill(os.getpid(), 9)'],
    ['calls itself for ever', 'return recursion()'],
    ['closes its standard streams', 'os.close(0); os.close(1); os.close(2)\nreturn "closed"'],
    [
      'raises what cannot be printed',
      'class Odd(Exception):\n    def __str__(self): raise ValueError("no")\nraise Odd()'
    ]
  ])('%s, and only its own call fails or ends', async (_, body) => {
    const made = bench({ recursion: body })
    const { content } = await call(made, 'recursion')
    expect(typeof content).toBe('string')
    expect(await call(made, 'calm')).toMatchObject({ content: 'calm' })
  })

  test('reads its standard input, and finds it empty', async () => {
    const made = bench({ read: 'return repr(sys.stdin.read())', ask: 'return input("Go on?")' })
    expect(await call(made, 'read')).toMatchObject({ content: "''" })
    expect(await call(made, 'ask')).toMatchObject({ isError: true, content: expect.stringContaining('EOF') })
  })

  test('loops for ever, and ends with the call that is cancelled', async () => {
    const made = bench({ spin: 'while True:\n    pass' })
    await call(made, 'calm')
    const leave = new AbortController()
    const spinning = call(made, 'spin', { signal: leave.signal })
    setTimeout(() => leave.abort(new Error('Enough.')), 300)
    await expect(spinning).rejects.toThrow('Enough.')
    expect(await call(made, 'calm')).toMatchObject({ content: 'calm' })
  })

  test('writes without end, and its result is within a limit', async () => {
    const made = bench({
      shout: 'for _ in range(200):\n    print("x" * 100000)\nreturn "done"',
      flood: 'return "x" * 200_000_000'
    })
    expect(await call(made, 'shout')).toMatchObject({ content: 'done' })
    const { content, isError } = await call(made, 'flood')
    expect([content.length < 70_000_000, isError === true || content.startsWith('x')]).toEqual([true, true])
  }, 30_000)

  test('writes answers of its own into the stream of the answers, and they do not count', async () => {
    const forged = `for fd in range(1, 10):
    try:
        os.write(fd, b'{"id": 1, "result": "forged", "ok": true}\\n')
    except OSError:
        pass
return "true"`
    const made = bench({ forge: forged })
    expect((await call(made, 'forge')).content).not.toContain('forged')
    expect(await call(made, 'calm')).toMatchObject({ content: 'calm' })
  })

  test('leaves threads and children behind, and the next call is answered all the same', async () => {
    const made = bench({
      threads: 'threading.Thread(target=lambda: time.sleep(60), daemon=False).start()\nreturn "left"'
    })
    expect(await call(made, 'threads')).toMatchObject({ content: 'left' })
    expect(await call(made, 'calm')).toMatchObject({ content: 'calm' })
  })
})
