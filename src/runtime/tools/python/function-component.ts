import { z } from 'zod'
import type { ComponentType } from '../../../machines/component/component.ts'
import { openEgress } from '../../network/egress/egress.ts'
import { inArguments, refusal } from '../arguments.ts'
import { type BuiltIn, BuiltInTool, type World } from '../built-in/built-in.ts'
import { builtIns } from '../built-in/index.ts'
import { coerce, fitTo } from '../fit.ts'
import type { Tool } from '../tool.ts'
import type { PythonPool } from './python-pool.ts'
import { PythonTool } from './python-tool.ts'
import { signatureOf } from './signature.ts'

const Import = z.union([
  z.string(),
  z.looseObject({ module: z.string(), imports: z.array(z.unknown()) }),
  z.looseObject({ name: z.string(), alias: z.string() })
])

const Config = z.looseObject({
  name: z.string().min(1),
  description: z.string().default(''),
  source_code: z.string(),
  global_imports: z.array(Import).default(() => []),
  has_cancellation_support: z.boolean().default(false),
  /** Ours: seconds that a call may take. */
  timeout: z.number().positive().optional()
})
type Config = z.infer<typeof Config>

/** What a Python function of a config may be led to, in this order. */
export interface FunctionBindings {
  /** Tools that the operator has registered, by name. */
  registered?: ReadonlyMap<string, Tool>
  /** What the functions that come with Troupe may use. */
  world?: World
  /** Runs Python, where the operator allows it. */
  python?: PythonPool | null
}

const usualWorld: World = { egress: openEgress, output: '.' }

/** The component type of AutoGen's `FunctionTool`: a Python function in a config. */
export const functionTool = (bindings: FunctionBindings = {}): ComponentType<Tool, Config> => ({
  provider: 'autogen_core.tools.FunctionTool',
  kind: 'tool',
  version: 1,
  description: 'A function that a config holds as Python source.',
  config: () => Config,
  create: (config) => bind(config, bindings)
})

function bind(config: Config, { registered, world = usualWorld, python }: FunctionBindings): Tool {
  const own = registered?.get(config.name)
  if (own) return led(own, `"${config.name}" is the tool that the operator has registered by this name.`)
  const builtIn = builtIns.get(config.name)
  if (builtIn && takesTheSame(builtIn, config)) {
    const tool = new BuiltInTool(builtIn, world, {
      name: config.name,
      description: config.description || undefined
    })
    return Object.assign(tool, {
      note: `"${config.name}" is the function of this name that comes with Troupe.`
    })
  }
  if (!python) throw new Error(ways(config, builtIn))
  const tool = new PythonTool(config, python, config.timeout && config.timeout * 1000)
  return Object.assign(tool, { note: `"${config.name}" runs as Python.` })
}

/** Another tool with its arguments checked: it may be one that checks nothing. */
function led(tool: Tool, note: string): Tool {
  const { schema, timeout } = tool
  const read = fitTo(schema.parameters)
  return {
    ...{ schema, timeout, note },
    async run(args, call) {
      const fitted = read(args)
      if (!fitted.success) throw refusal(inArguments(fitted.error))
      return tool.run(coerce(schema.parameters, args), call)
    }
  }
}

/** A function of the same name may be another one: those who call it name arguments that ours has to know. */
function takesTheSame({ parameters }: BuiltIn, { source_code }: Config): boolean {
  const signature = signatureOf(source_code)
  return (
    signature === undefined ||
    signature.parameters.every((name) => Object.hasOwn(parameters.properties, name))
  )
}

function ways({ name }: Config, builtIn: BuiltIn | undefined): string {
  const other = builtIn ? ` Troupe has a "${name}" too, but it takes other arguments.` : ''
  return (
    `"${name}" is a FunctionTool with Python source, which nothing here runs.${other} There are three ways: register a tool named ` +
    `"${name}" (--tools FILE), use a function that comes with Troupe (${[...builtIns.keys()].join(', ')}), or allow ` +
    'Python functions (--allow-python-tools).'
  )
}
