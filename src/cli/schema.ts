import { Registry } from '../runtime/components/registry.ts'
import { command, type Io, parse } from './io.ts'

/** `troupe schema [PROVIDER]`: the JSON Schema of one component, or of all. */
export async function schemaCommand(args: string[], io: Io): Promise<number> {
  const program = command('troupe schema', 'Writes the JSON Schema of components.', io).argument(
    '[provider]',
    'the provider of one component'
  )
  const done = parse(program, args)
  if (done !== undefined) return done
  const { componentSchema, componentSchemas } = await import('../runtime/components/schema.ts')
  const [provider] = program.args
  const schema =
    provider === undefined ? componentSchemas(new Registry()) : componentSchema(new Registry(), provider)
  if (schema) {
    io.stdout(JSON.stringify(schema, null, 2))
    return 0
  }
  io.stderr(`troupe: There is no component with the provider "${provider}".\n`)
  return 1
}
