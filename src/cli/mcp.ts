import { once } from 'node:events'
import type { McpServerFactory } from '@modelcontextprotocol/server'
import { Option } from 'commander'
import { command, flag, type Io, parse } from './io.ts'
import { type ServeFlags, serveFlags, untilTold, withServer } from './serve.ts'

interface Flags extends ServeFlags {
  url?: string
  token?: string
}

/** `troupe mcp`: teams as tools over stdin and stdout, for editors and assistants. */
export async function mcpCommand(args: string[], io: Io): Promise<number> {
  const program = command('troupe mcp', 'Serves teams as tools over stdin and stdout (MCP).', io)
  for (const option of serveFlags()) program.addOption(option)
  program.addOption(flag('--url <address>', 'a running server whose teams these are; nothing is opened then'))
  program.addOption(new Option('--token <text>', 'a token for that server').env('TROUPE_TOKEN'))
  const done = parse(program, args)
  if (done !== undefined) return done
  const given = program.opts<Flags>()
  try {
    if (given.url !== undefined) await (await import('./mcp-bridge.ts')).bridge(given.url, given.token)
    else await serveTeams(given, io)
    return 0
  } catch (error) {
    const { DatabaseInUse } = await import('../runtime/store/backend.ts')
    const isTaken = error instanceof DatabaseInUse
    const hint = isTaken ? ' If it is a server, use that one: troupe mcp --url http://…' : ''
    io.stderr(`troupe: ${(error as Error).message}${hint}\n`)
    return 1
  }
}

/** Serves the teams of the store until the client has left, or a signal comes. */
async function serveTeams(given: Flags, io: Io): Promise<void> {
  // The one client is the user of this machine: there is no port, and nothing to prove.
  const own = { host: '127.0.0.1', workers: 1, listens: false }
  await withServer({ ...given, authConfig: undefined, team: undefined }, io, own, async (server, log) => {
    const servers = await server.mcp()
    const { serveStdio } = await import('@modelcontextprotocol/server/stdio')
    const handle = serveStdio(servers as McpServerFactory, {
      onerror: (error) => log.warn({ err: error }, 'what an MCP client has sent could not be served')
    })
    await Promise.race([once(process.stdin, 'end'), once(process.stdin, 'close'), untilTold(server)])
    await handle.close()
  })
}
