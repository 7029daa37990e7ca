import { enableCompileCache } from 'node:module'
import { fileURLToPath } from 'node:url'
import type { Io } from './cli/io.ts'

// Before anything else is loaded, which is why nothing else is imported above. It is kept beside the program: who
// may write there could change the program as well.
enableCompileCache(fileURLToPath(new URL('../.cache', import.meta.url)))
const { processIo } = await import('./cli/io.ts')

/** Each command is loaded only when it is called: `run` and `validate` need neither server nor database. */
const commands: Record<string, { summary: string; load(): Promise<Command> }> = {
  serve: {
    summary: 'serve runs over HTTP and WebSocket',
    load: async () => (await import('./cli/serve.ts')).serveCommand
  },
  run: { summary: 'run a team in this process', load: async () => (await import('./cli/run.ts')).runCommand },
  validate: {
    summary: 'check component files',
    load: async () => (await import('./cli/validate.ts')).validateCommand
  },
  backup: {
    summary: 'copy the database while the server runs',
    load: async () => (await import('./cli/backup.ts')).backupCommand
  },
  charts: {
    summary: 'write the statecharts',
    load: async () => (await import('./cli/charts.ts')).chartsCommand
  },
  import: {
    summary: 'take what an AutoGen Studio database holds',
    load: async () => (await import('./cli/import.ts')).importCommand
  },
  mcp: {
    summary: 'serve teams as tools over stdin and stdout, for editors and assistants',
    load: async () => (await import('./cli/mcp.ts')).mcpCommand
  },
  schema: {
    summary: 'write the JSON Schema of components',
    load: async () => (await import('./cli/schema.ts')).schemaCommand
  }
}
type Command = (args: string[], io: Io) => Promise<number>

const [name = '', ...args] = process.argv.slice(2)
const command = Object.hasOwn(commands, name) ? commands[name] : undefined
// The reader may have read enough: `troupe schema | head`. A server goes on without its reader.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  if (name !== 'serve') process.exit()
})
if (command) {
  process.exitCode = await (await command.load())(args, processIo)
} else {
  const asked = name === '--help' || name === '-h' || name === 'help'
  const lines = Object.entries(commands).map(([key, { summary }]) => `  ${key.padEnd(10)}${summary}`)
  const problem = name === '' || asked ? '' : `There is no command "${name}".\n\n`
  process[asked ? 'stdout' : 'stderr'].write(
    `${problem}Usage: troupe <command> [--help]\n\n${lines.join('\n')}\n`
  )
  process.exitCode = asked ? 0 : 1
}
