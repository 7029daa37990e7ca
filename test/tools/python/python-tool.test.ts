import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { PythonTool } from '../../../src/runtime/tools/python/python-tool.ts'
import { processesWith } from '../../support/processes.ts'
import { aCall, canIsolate, hasPython, pythonPool } from '../../support/python.ts'

const typing = {
  module: 'typing',
  imports: ['Annotated', 'Any', 'Dict', 'List', 'Literal', 'Optional', 'Union']
}

/** A tool of a Python source; what it imports beside `typing`. */
function pythonTool(
  source_code: string,
  imports: unknown[] = [],
  pool = pythonPool(),
  timeout?: number
): PythonTool {
  const global_imports = [typing, ...imports]
  const tool = new PythonTool(
    { name: 'f', description: 'Does it.', source_code, global_imports },
    pool,
    timeout
  )
  onTestFinished(() => tool.close())
  return tool
}

/** The arguments of a function, as a model sees them. */
async function properties(source: string, imports: unknown[] = []): Promise<Record<string, unknown>> {
  const tool = pythonTool(source, imports)
  await tool.describe(new AbortController().signal)
  return tool.schema.parameters as Record<string, unknown>
}

const ignoring = (error: unknown) => String((error as Error).message)

describe.skipIf(!hasPython)('the schema of a Python function', () => {
  test('says what AutoGen says: type, title, the name as description, defaults, what is required', async () => {
    expect(await properties('def f(city_name: str, days: int = 3) -> str:\n    return ""')).toEqual({
      type: 'object',
      properties: {
        city_name: { type: 'string', title: 'City Name', description: 'city_name' },
        days: { type: 'integer', title: 'Days', description: 'days', default: 3 }
      },
      required: ['city_name'],
      additionalProperties: false
    })
  })
  test.each([
    ['Annotated[str, "Where"]', { type: 'string', description: 'Where' }],
    ['Literal["a", "b"]', { enum: ['a', 'b'], type: 'string' }],
    ['Literal["a"]', { const: 'a', type: 'string' }],
    ['Optional[int]', { anyOf: [{ type: 'integer' }, { type: 'null' }] }],
    ['int | None', { anyOf: [{ type: 'integer' }, { type: 'null' }] }],
    ['List[float]', { type: 'array', items: { type: 'number' } }],
    ['list', { type: 'array', items: {} }],
    ['Dict[str, int]', { type: 'object', additionalProperties: { type: 'integer' } }],
    ['dict', { type: 'object', additionalProperties: true }],
    [
      'tuple[int, str]',
      { type: 'array', minItems: 2, maxItems: 2, prefixItems: [{ type: 'integer' }, { type: 'string' }] }
    ],
    ['set[str]', { type: 'array', items: { type: 'string' }, uniqueItems: true }],
    ['Any', {}],
    ['"Optional[str]"', { anyOf: [{ type: 'string' }, { type: 'null' }] }],
    [
      'List[Dict[str, Union[int, str]]]',
      {
        type: 'array',
        items: { type: 'object', additionalProperties: { anyOf: [{ type: 'integer' }, { type: 'string' }] } }
      }
    ]
  ])('%s', async (type, expected) => {
    const { properties: all } = (await properties(`def f(x: ${type}) -> str:\n    return ""`)) as {
      properties: Record<string, object>
    }
    expect(all.x).toEqual({ title: 'X', description: 'x', ...expected })
  })
  test('holds the fields of a dataclass and the values of an enumeration', async () => {
    const source =
      '@dataclass\nclass Place:\n    name: str\n    size: float = 1.5\n\nclass Mood(Enum):\n    GOOD = "good"\n    BAD = "bad"\n\n' +
      'def f(place: Place, mood: Mood = Mood.GOOD) -> str:\n    return ""'
    const imports = [
      { module: 'dataclasses', imports: ['dataclass'] },
      { module: 'enum', imports: ['Enum'] }
    ]
    expect((await properties(source, imports)).properties).toMatchObject({
      place: {
        type: 'object',
        properties: { name: { type: 'string' }, size: { type: 'number', default: 1.5 } },
        required: ['name']
      },
      mood: { enum: ['good', 'bad'], type: 'string', default: 'good' }
    })
  })
  test('leaves out the token by which AutoGen cancels', async () => {
    const source =
      'def f(x: int, cancellation_token: CancellationToken) -> str:\n    return str(cancellation_token.is_cancelled())'
    const imports = [{ module: 'autogen_core', imports: ['CancellationToken'] }]
    const tool = pythonTool(source, imports)
    await tool.describe(new AbortController().signal)
    expect(Object.keys(tool.schema.parameters.properties as object)).toEqual(['x'])
    expect(await tool.run({ x: 1 }, aCall())).toBe('False')
  })
  test('is not to be had of source that is no Python; the line is named', async () => {
    await expect(properties('def f(x: int) -> str:\n    retrun 1')).rejects.toThrow(/SyntaxError.*line 2/)
  })
  test('is not to be had where an import fails; what to install is named', async () => {
    await expect(properties('def f() -> str:\n    return ""', ['no_such_module'])).rejects.toThrow(
      /import no_such_module.*--python-venv/
    )
  })
})

describe.skipIf(!hasPython)('a Python function that cannot be loaded', () => {
  test('is offered by the names of its arguments, and whoever calls it is told why', async () => {
    const { StaticWorkbench } = await import('../../../src/runtime/tools/static-workbench.ts')
    const broken = pythonTool('def f(city: str, days: int = 3) -> str:\n    return ""', ['no_such_module'])
    const bench = new StaticWorkbench([broken, pythonTool('def g() -> str:\n    return "fine"')])
    const [shown] = await bench.listTools(new AbortController().signal)
    expect(Object.keys(shown!.parameters.properties as object)).toEqual(['city', 'days'])
    const { content, isError } = await bench.callTool('f', { city: 'x' }, aCall())
    expect(isError).toBe(true)
    expect(content).toMatch(/`import no_such_module` fails/)
  })
})

describe.skipIf(!hasPython)('a call of a Python function', () => {
  test.each([
    ['return 3', '3'],
    ['return 3.0', '3.0'],
    ['return True', 'True'],
    ['return None', 'None'],
    ['return "text"', 'text'],
    ['return {"a": [1, None, "b"]}', "{'a': [1, None, 'b']}"],
    ['return ("é", b"x")', "('é', b'x')"]
  ])('gives what %s prints', async (line, expected) => {
    expect(await pythonTool(`def f() -> object:\n    ${line}`).run({}, aCall())).toBe(expected)
  })
  test('awaits functions that are asynchronous, all in one event loop', async () => {
    const source =
      'lock = asyncio.Lock()\nasync def f(x: int) -> int:\n    async with lock:\n        await asyncio.sleep(0)\n        return x + 1'
    const tool = pythonTool(source, ['asyncio'])
    expect(await tool.run({ x: 1 }, aCall())).toBe('2')
    expect(await tool.run({ x: 2 }, aCall())).toBe('3')
  })
  test('reads arguments as pydantic does and makes dataclasses of objects', async () => {
    const source =
      '@dataclass\nclass P:\n    x: int\n\ndef f(n: int, on: bool, p: P, ps: List[P], o: Optional[float] = None) -> str:\n    return repr((n, on, p.x, [q.x for q in ps], o))'
    const tool = pythonTool(source, [{ module: 'dataclasses', imports: ['dataclass'] }])
    const args = { n: '3', on: 'yes', p: { x: '4' }, ps: [{ x: 5 }], o: '1.5', unknown: 1 }
    expect(await tool.run(args, aCall())).toBe('(3, True, 4, [5], 1.5)')
  })
  test('says of all arguments that do not fit where and why, and does not call the function', async () => {
    const tool = pythonTool('def f(a: int, b: Literal["x"], c: str) -> str:\n    raise Exception("called")')
    const told = await tool.run({ a: 'one', b: 'y' }, aCall()).catch(ignoring)
    expect(told).toBe(
      "arguments.a: a whole number is wanted\narguments.b: one of these is wanted: 'x'\narguments.c: it is missing"
    )
  })
  test.each([
    ['raise ValueError("no luck")', 'no luck'],
    ['raise KeyError("k")', "'k'"],
    ['raise ValueError()', 'ValueError'],
    ['sys.exit(3)', 'The function has asked to exit (3).'],
    ['return 1 / 0', 'division by zero']
  ])('that ends with %s tells the reason and no traceback', async (line, expected) => {
    const tool = pythonTool(`def f() -> str:\n    ${line}`, ['sys'])
    expect(await tool.run({}, aCall()).catch(ignoring)).toBe(expected)
  })
  test('may print and read: neither disturbs its answer', async () => {
    const source =
      'def f() -> str:\n    print("{\\"ok\\": true}\\n" * 100)\n    os.write(1, b"junk\\n")\n    return repr(sys.stdin.read())'
    expect(await pythonTool(source, ['os', 'sys']).run({}, aCall())).toBe("''")
  })
  test('keeps what the module remembers for the next call', async () => {
    const tool = pythonTool('seen = []\ndef f(x: int) -> int:\n    seen.append(x)\n    return len(seen)')
    await tool.run({ x: 1 }, aCall())
    expect(await tool.run({ x: 1 }, aCall())).toBe('2')
  })
  test('goes on in a new interpreter when the one before has died', async () => {
    const tool = pythonTool('def f(x: int) -> int:\n    return os._exit(7) if x else 5', ['os'])
    expect(await tool.run({ x: 1 }, aCall()).catch(ignoring)).toMatch(/exit code 7/)
    expect(await tool.run({ x: 0 }, aCall())).toBe('5')
  })
  test('that comes while others are under way does not wait for them', async () => {
    const source =
      'def f(x: int) -> str:\n    while x and not os.path.exists("go"): time.sleep(0.01)\n    return os.getcwd()'
    const tool = pythonTool(source, ['os', 'time'])
    const folder = await tool.run({ x: 0 }, aCall())
    const slow = tool.run({ x: 1 }, aCall())
    expect(await tool.run({ x: 0 }, aCall())).not.toBe(folder)
    writeFileSync(join(folder, 'go'), '')
    expect(await slow).toBe(folder)
  })
  test('waits where there may be no more interpreters, and those that nobody needs make way', async () => {
    const pool = pythonPool(1)
    const [one, two] = ['1', '2'].map((text) => pythonTool(`def f() -> str:\n    return "${text}"`, [], pool))
    expect(await Promise.all([one!, two!, one!, two!].map((tool) => tool.run({}, aCall())))).toEqual([
      '1',
      '2',
      '1',
      '2'
    ])
  })
})

describe.skipIf(!hasPython)('a Python function that is ended', () => {
  const endless = 'def f() -> str:\n    open("began", "w").close()\n    while True: pass'
  test('by a cancelled call is gone, with all that it started', async () => {
    const seconds = `600.${process.pid}`
    const source = `def f(x: int) -> str:
    if not x: return os.getcwd()
    subprocess.Popen(["setsid", "sleep", "${seconds}"])
    open("began", "w").close()
    while True: pass`
    const tool = pythonTool(source, ['os', 'subprocess'])
    const mark = join(await tool.run({ x: 0 }, aCall()), 'began')
    const cancel = new AbortController()
    const running = tool.run({ x: 1 }, aCall({ signal: cancel.signal }))
    running.catch(() => {})
    await vi.waitUntil(() => existsSync(mark), { timeout: 10_000 })
    cancel.abort(new Error('enough'))
    await expect(running).rejects.toThrow('enough')
    await tool.close()
    // Without isolation what has left the process group is not reached.
    if (canIsolate) await vi.waitUntil(() => processesWith(seconds).length === 0)
  }, 20_000)
  test('with its run leaves neither interpreter nor folder', async () => {
    const tool = pythonTool('def f() -> str:\n    return os.getcwd()', ['os'])
    const folder = await tool.run({}, aCall())
    expect(existsSync(folder)).toBe(true)
    await tool.close()
    expect(existsSync(folder)).toBe(false)
  })
  test('by its time limit is told as such by the workbench', async () => {
    const { StaticWorkbench } = await import('../../../src/runtime/tools/static-workbench.ts')
    const bench = new StaticWorkbench([pythonTool(endless, [], pythonPool(), 300)])
    expect(await bench.callTool('f', {}, aCall())).toEqual({
      content: 'The tool "f" has given no result within 0.3 s.',
      isError: true
    })
  })
})

describe.skipIf(!hasPython)('what a Python function may have', () => {
  test("is no environment of the server's, and what the run's own user has set", async () => {
    process.env.TROUPE_TEST_KEY = 'the operators'
    onTestFinished(() => {
      delete process.env.TROUPE_TEST_KEY
    })
    const tool = pythonTool(
      'def f() -> str:\n    return repr((os.getenv("TROUPE_TEST_KEY"), os.getenv("MINE")))',
      ['os']
    )
    const env = Object.assign(Object.create(process.env), { MINE: 'm' }) as Record<string, string>
    expect(await tool.run({}, aCall({ env }))).toBe("(None, 'm')")
  })
  test('is memory within a limit', async () => {
    const tool = pythonTool('def f() -> int:\n    return len(bytearray(6 * 2**30))')
    expect(await tool.run({}, aCall()).catch(ignoring)).toBe('MemoryError')
  })
  test('is a result within a limit', async () => {
    const tool = pythonTool('def f() -> str:\n    return "x" * (33 * 2**20)')
    expect(await tool.run({}, aCall()).catch(ignoring)).toMatch(/34603008 characters; 33554432 are allowed/)
  })
  test.skipIf(!canIsolate)('are no processes but its own, and no folder that is hidden', async () => {
    const secret = mkdtempSync(join(tmpdir(), 'troupe-secret-'))
    onTestFinished(() => rmSync(secret, { recursive: true }))
    writeFileSync(join(secret, 'troupe.db'), 'x')
    const source = `def f() -> str:\n    return repr(([p for p in os.listdir("/proc") if p.isdigit() and int(p) > 50], os.listdir(${JSON.stringify(secret)})))`
    const tool = pythonTool(source, ['os'], pythonPool(undefined, [secret]))
    expect(await tool.run({}, aCall())).toBe('([], [])')
  })
})
