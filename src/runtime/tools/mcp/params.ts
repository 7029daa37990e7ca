import { z } from 'zod'

const Headers = z.record(z.string(), z.unknown()).nullish()

const duration = /^PT(?=\d)(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9}(?:\.\d{1,9})?)S)?$/

/** Seconds, as a number or, as some versions of AutoGen write it, as a duration of ISO 8601: `PT5M`. */
const Seconds = z.union([
  z.number().positive(),
  z.string().transform((text, context) => {
    const seconds = secondsIn(text)
    if (seconds > 0) return seconds
    context.addIssue({ code: 'custom', message: 'a number of seconds is wanted, more than 0' })
    return z.NEVER
  })
])

function secondsIn(text: string): number {
  const [, hours = 0, minutes = 0, seconds = 0] = duration.exec(text) ?? []
  return text.startsWith('PT') ? Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds) : Number(text)
}

/** A server that is started as a process and spoken to over its standard input and output. */
export const StdioParams = z.looseObject({
  type: z.literal('StdioServerParams'),
  command: z.string().min(1),
  args: z.array(z.string()).default(() => []),
  env: z.record(z.string(), z.string()).nullish(),
  cwd: z.string().nullish(),
  /** Of no effect: MCP is UTF-8. */
  encoding: z.string().optional(),
  encoding_error_handler: z.string().optional(),
  /** Seconds that an answer may take. */
  read_timeout_seconds: Seconds.default(5)
})
export type StdioParams = z.infer<typeof StdioParams>

/** A server behind an address with server-sent events, the older of both ways. Times are in seconds. */
export const SseParams = z.looseObject({
  type: z.literal('SseServerParams'),
  url: z.url({ protocol: /^https?$/ }),
  headers: Headers,
  timeout: Seconds.default(5),
  sse_read_timeout: Seconds.default(300)
})
export type SseParams = z.infer<typeof SseParams>

/** A server behind an address with streamable HTTP. Times are in seconds. */
export const HttpParams = SseParams.extend({
  type: z.literal('StreamableHttpServerParams'),
  timeout: Seconds.default(30),
  terminate_on_close: z.boolean().default(true)
})
export type HttpParams = z.infer<typeof HttpParams>

/** Where an MCP server is and how it is spoken to. Source: autogen-ext `McpServerParams`. */
export const McpParams = z.discriminatedUnion('type', [StdioParams, SseParams, HttpParams])
export type McpParams = z.infer<typeof McpParams>

/** How people call the server. Arguments, environment and the rest of an address may hold secrets. */
export const serverName = (params: McpParams) =>
  params.type === 'StdioServerParams' ? params.command : new URL(params.url).origin

// With these in its environment, an allowed program runs other code than its own.
const treacherous =
  /^(PATH|LD_|DYLD_|NODE_|NPM_|PYTHON|PERL|RUBY|JAVA_|_JAVA|JDK_|GIT_|BASH_|ENV$|IFS$|SHELL)/i
// These are among them by their beginning only: they say how a program speaks, not what it runs.
const harmless =
  /^(NODE_ENV|NODE_NO_WARNINGS|NODE_DISABLE_COLORS|PYTHONUNBUFFERED|PYTHONIOENCODING|PYTHONUTF8|PYTHONDONTWRITEBYTECODE|PYTHONHASHSEED)$/

/**
 * Throws unless the operator allows a config to start this process. An entry of the list is a command, or a command
 * with the arguments that have to come first: `npx -y @acme/server`.
 */
export function demandAllowed(params: McpParams, allowed: readonly string[] | 'any'): void {
  if (params.type !== 'StdioServerParams') return
  const { command, args, env, cwd } = params
  const line = [command, ...args]
  const fits = (entry: string) => entry.split(/\s+/).every((word, index) => line[index] === word)
  if (allowed !== 'any' && !allowed.some(fits)) {
    throw new Error(
      `The operator has not allowed configs to start "${command}" with these arguments (--allow-mcp-command).`
    )
  }
  const bad = Object.keys(env ?? {}).find((name) => treacherous.test(name) && !harmless.test(name))
  if (bad) throw new Error(`A config may not set ${bad} for a process that it starts.`)
  if (cwd) throw new Error('A config may not choose the folder in which a process is started.')
}
