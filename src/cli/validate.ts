import { permit } from '../runtime/components/permissions.ts'
import { dump, Registry } from '../runtime/components/registry.ts'
import { Team } from '../runtime/teams/team.ts'
import { readJson } from './files.ts'
import { command, type Io, parse } from './io.ts'

/** `troupe validate FILE…`: checks component files, says what is wrong and where. */
export async function validateCommand(args: string[], io: Io): Promise<number> {
  const program = command('troupe validate', 'Checks component files.', io)
    .argument('<file...>', 'component files in JSON')
    .option('--dump', 'print only the JSON of the component as loaded')
  const done = parse(program, args)
  if (done !== undefined) return done
  // Nothing is started here.
  const registry = permit(new Registry(), { mcpCommands: 'any', codeExecution: true })
  const results = program.args.map((file) => check(file, registry, Boolean(program.opts().dump), io))
  return results.every(Boolean) ? 0 : 1
}

function check(file: string, registry: Registry, dumps: boolean, io: Io): boolean {
  try {
    const thing = registry.load<object>(readJson(file))
    if (!dumps && thing instanceof Team) thing.check()
    io.stdout(dumps ? JSON.stringify(dump(thing), null, 2) : `${file}: valid`)
    return true
  } catch (error) {
    const lines = (error as Error).message
      .split('\n')
      .map((line) => (line.startsWith(file) ? line : `${file}: ${line}`))
    if (dumps) io.stderr(`${lines.join('\n')}\n`)
    else for (const line of lines) io.stdout(line)
    return false
  }
}
