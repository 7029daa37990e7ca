import type { z } from 'zod'
import { type Failure, failureOf, LISTED } from '../machines/shared/outcome.ts'

/** Every reason to refuse something, by code: one list, one sentence each. */
export const reasons = {
  unknown_provider: (provider: string) => `There is no component with the provider "${provider}".`,
  wrong_kind: (provider: string, wanted: string) => `"${provider}" is not ${wanted}.`,
  newer_version: (provider: string, version: string) =>
    `"${provider}" is of version ${version}, which is newer than what this program understands.`,
  bad_component: (text: string) => text,
  too_many_secrets: (count: string) => `There are more than ${count} secrets in this.`,
  unknown_option: (text: string) => text,
  bad_option: (text: string) => text,
  no_end: (team: string) =>
    `The team "${team}" has no end: give it \`until\` or \`maxTurns\` (\`termination_condition\` or \`max_turns\` in a file); \`maxTurns: Infinity\` says that it is to have none.`,
  unknown_handoff: (agent: string, target: string, hint: string) =>
    `The agent "${agent}" may hand over to "${target}", which is no participant of the team. ${hint}`,
  made_once: (team: string, what: string) =>
    `The team "${team}" cannot be made again for each run, since "${what}" is known by its code only: give a function that makes the team, \`teams: { ${team}: () => … }\`.`,
  cannot_be_dumped: (what: string) => `${what} holds code and cannot be written as JSON.`,
  too_many_participants: (count: string) => `A team has at most 256 participants, not ${count}.`,
  already_running: () => 'The team is already running, it cannot run again until it is stopped.',
  reset_while_running: () => 'The team is running; it can be reset when it has stopped.',
  load_while_running: () => 'The team is running; a state can be loaded when it has stopped.',
  not_running: () => 'The team is not running.',
  empty_task: () => 'Task list cannot be empty.',
  bad_task: (text: string) => `The task is not a text, a chat message or a list of them: ${text}`,
  bad_state: (text: string) => text,
  log_does_not_fit: () =>
    'What is kept of this run does not fit this version of the program: it cannot go on.',
  cannot_go_on: (reason: string) => `This run cannot go on after a restart: ${reason}`,
  limit_turns: (turns: string) => `The limit of ${turns} turns is reached.`,
  limit_tokens: (tokens: string) => `The limit of ${tokens} tokens is reached.`,
  limit_cost: (cost: string) => `The limit of cost, ${cost}, is reached.`,
  limit_seconds: (seconds: string) => `The limit of ${seconds} seconds is reached.`,
  no_price: (model: string) =>
    `The limit of cost cannot be kept: nobody knows what the model "${model}" costs. Give it a price, or another limit.`,
  guard_refused: (what: string, why: string) => `${what} was refused by a guard.${why ? ` ${why}` : ''}`,
  input_timeout: () => 'Nobody answered in time.',
  answer_too_large: (model: string, origin: string, limit: string) =>
    `The answer of the model "${model}" at ${origin} is larger than what is taken of one (${limit} MiB).`,
  tool_result_too_large: (tool: string, limit: string) =>
    `The result of the tool "${tool}" is larger than what is taken of one (${limit}): tool_result_too_large.`,
  transcript_too_large: (limit: string) =>
    `What this run has to say is larger than what is kept of one (${limit}).`,
  state_too_large: (limit: string) =>
    `The state of this team is larger than what is given of one (${limit}).`,
  quarantined: () =>
    'This run was under way when the server died, again and again: it is set aside. It can be forked from one of its ' +
    'turns.',
  forsaken: () => 'The last client has left.',
  closing: () => 'The server is closing and starts no new runs.',
  already_started: () => 'This run was started already; a run runs once.',
  not_started: () => 'This run is not under way.',
  not_asked: () => 'Nobody asks for input at present.',
  wrong_answer: () => 'This asks for a text, not whether a tool may be called.',
  input_already_answered: () => 'This was answered already, or is not asked any more.',
  bad_cursor: (after: string) => `"${after}" is not the number of a frame of this run.`,
  not_stored: (seconds: string) =>
    `This could not be stored within ${seconds} s. It is done as soon as it can be stored.`,
  still_running: (id: string) =>
    `Run ${id} of this conversation is still under way: wait for its answer, or stop it.`,
  unknown_model: (name: string, known: string) => `There is no team "${name}" that you can reach. ${known}`,
  unknown_run: (id: string) => `There is no run with id "${id}".`,
  unknown_team: (team: string) =>
    `There is no team "${team}" that this run's owner may start. GET /api/teams/ lists their own; published ones have a slug.`,
  no_such_team: (name: string, hint: string) => `There is no team "${name}" here. ${hint}`,
  team_not_stored: () =>
    'Only teams that are stored and published may be run here (--teams stored): start one by its team_id.',
  unknown_turn: (turn: string) => `This run has no turn ${turn} that has ended.`,
  no_state: (reason: string) => `The state of this run cannot be told: ${reason}`,
  egress_refused: (where: string) => `The operator does not allow ${where} to be reached (--egress).`,
  no_answer: () => 'A person is asked and nobody is there to answer.',

  // What only a server refuses.
  bad_json: () => 'Invalid message format',
  bad_frame: (text = 'A frame is a JSON object with a known type.') => text,
  binary_frame: () => 'Binary frames are not understood.',
  invalid_start: (text = '') => `Invalid start message format${text}`,
  run_over: () => 'The run is over: connect with ?after=0 to read it',
  not_authenticated: (text = 'A token is needed.') => text,
  token_expired: () => 'The token has expired.',
  token_scope: (run: string) =>
    `This token is for following and answering the run ${run}, and for nothing else.`,
  no_authentication: () => 'There are no tokens here: authentication is off (--auth-config).',
  admins_only: () => 'This is for admins',
  not_allowed: (what: string) => `This program does not let its clients ${what}.`,
  not_yours: () => 'This belongs to another user',
  foreign_origin: (text: string) => text,
  unknown_session: () => 'There is no such session, or it was used already.',
  too_fast: (most: string) => `More than ${most} frames came within a second: send less, and come back.`,
  too_much_at_once: () => 'Too much of yours is under way at once: wait until some of it is done.',
  too_large: (limit: string) => `This is larger than what is taken (${limit}).`,
  too_many_connections: () => 'Too many connections from this address',
  restarting: () => 'The server is restarting',
  unreachable: () => 'The database cannot be reached at present: try again.',
  internal: () => 'Internal server error'
} satisfies Record<string, (...details: string[]) => string>

export type ReasonCode = keyof typeof reasons

/** A reason in its sentence. */
export const sentence = (code: ReasonCode, ...details: string[]): string =>
  (reasons[code] as (...details: string[]) => string)(...details)

/** An error that a person can act on; `code` names the reason. */
export class TroupeError extends Error {
  readonly code: ReasonCode
  /** One that was kept as JSON and made again is one too. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof Error && value.name === LISTED
  }
  constructor(code: ReasonCode, ...details: string[]) {
    super(sentence(code, ...details))
    this.name = LISTED
    this.code = code
  }
}

/** The database cannot be reached at present, or the connection broke: whether anything was written is not known. */
export class DatabaseUnreachable extends Error {
  constructor(cause: unknown) {
    super(`The database cannot be reached: ${reasonOf(cause)}`, { cause })
    this.name = 'DatabaseUnreachable'
  }
}

/** What an error says. Several attempts to connect that failed together say nothing of their own. */
export function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && !error.message) return error.errors.map(reasonOf).join('; ')
  return (error as Error).message
}

/** What clients are told of an error: an outage of the database by its code, anything else as it is. */
export const toldError = (error: unknown): unknown =>
  error instanceof DatabaseUnreachable ? new TroupeError('unreachable') : error

/** A reason for which a run fails. */
export const failureFor = (code: ReasonCode, ...details: string[]): Failure =>
  failureOf(new TroupeError(code, ...details))

/** Where and why something does not fit its schema, a line for each: `config.max_turns: expected number`. */
export const explain = (error: z.ZodError): string =>
  leaves(error.issues)
    .map(({ path, message }) => `${placeOf(path)}: ${message}`)
    .join('\n')

/** What is wrong inside of a choice, instead of the word that nothing of it fits: of the part that fits furthest. */
export function leaves(issues: readonly z.core.$ZodIssue[]): z.core.$ZodIssue[] {
  return issues.flatMap((issue) => {
    if (issue.code !== 'invalid_union') return [issue]
    const parts = issue.errors.map((errors) => leaves(errors))
    const reach = (part: z.core.$ZodIssue[]) => Math.max(0, ...part.map(({ path }) => path.length))
    const furthest = parts.reduce<z.core.$ZodIssue[]>((a, b) => (reach(b) > reach(a) ? b : a), [])
    if (furthest.length === 0) return [issue]
    return furthest.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }))
  })
}

const placeOf = (path: readonly PropertyKey[]) =>
  path.reduce<string>((place, key) => {
    if (typeof key === 'number') return `${place}[${key}]`
    return place ? `${place}.${String(key)}` : String(key)
  }, '') || 'component'

/** Undefined for an error with a code; throws any other one again. */
export function ignoreOwn(error: unknown): undefined {
  if (!(error instanceof TroupeError)) throw error
}
