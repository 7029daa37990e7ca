import { z } from 'zod'
import { Component, ConfigRow, MessageRow, RunRow, SessionRow, TeamRow } from './rows.ts'
import { RunStatus } from './run-status.ts'
import { RunInfo, ServerFrame, Timestamp, WarningFrame } from './server-frames.ts'

/** What the REST API answers: one schema for each body. PROTOCOL.md and OpenAPI come from these. */

/** The envelope of an answer; a page reads its `status`. */
const envelope = <Data extends z.ZodType>(data: Data) =>
  z.object({ status: z.literal(true), data, message: z.string().optional() })

const Json = z.record(z.string(), z.unknown())

export const Done = z
  .object({ status: z.literal(true), message: z.string() })
  .describe('The answer of a route that gives no data.')

export const Version = envelope(z.object({ version: z.string() }))
export const Health = z
  .object({ status: z.boolean(), message: z.string() })
  .describe('503 with `status: false` where the server cannot work at present.')

export const Prediction = z
  .object({ status: z.boolean(), message: z.string(), data: z.unknown() })
  .describe('`data` is the `team_result` of the run; null where it has none.')

export const Team = envelope(TeamRow)
export const Teams = envelope(z.array(TeamRow))
export const Session = envelope(SessionRow)
export const Sessions = envelope(z.array(SessionRow)).describe('Newest first.')
export const SessionRuns = envelope(
  z.object({
    runs: z.array(
      RunRow.pick({
        created_at: true,
        status: true,
        task: true,
        team_result: true,
        error_message: true
      }).extend({
        id: z.string(),
        messages: z.array(MessageRow)
      })
    )
  })
).describe('Oldest first, with their messages; the ids are text.')
export const Settings = envelope(ConfigRow)
export const Gallery = envelope(ConfigRow)
export const Galleries = envelope(z.array(ConfigRow))
export const Deleted = envelope(z.null())

export const NewRun = envelope(z.object({ run_id: z.int() }))
export const Run = envelope(RunRow)
export const Messages = envelope(z.array(MessageRow)).describe('Oldest first.')
export const Commanded = envelope(
  z.object({
    ...RunInfo.pick({ status: true, seq: true }).shape,
    warnings: z
      .array(WarningFrame.omit({ type: true }))
      .optional()
      .describe('what was left out of a start')
  })
).describe('Where a run stands after a command.')
export const Frames = envelope(z.array(ServerFrame)).describe(
  'Frames of the log above `after`, each marked `replay: true`.'
)
export const State = envelope(Json.nullable()).describe(
  "A team's state in AutoGen's JSON; null where the run has not begun."
)
export const RunTeam = envelope(Component.nullable()).describe(
  'The team of a run as it was when the run began; null before that.'
)
export const Turns = envelope(
  z.array(z.object({ turn: z.int(), seq: z.int(), speakers: z.array(z.string()).readonly(), at: Timestamp }))
).describe('The turns of a run, from turn 0, the task.')
export const Overview = envelope(
  z.array(
    z.object({
      id: z.int(),
      session_id: z.int(),
      status: RunStatus,
      created_at: Timestamp,
      team: z.string().nullable(),
      /** How its task begins; there only where that was asked for. */
      task: z.string().nullable().optional(),
      waits_for: z.string().nullable()
    })
  )
).describe(
  'A run in the list of all runs; newest first. `waits_for`: the members for whom a person is to answer.'
)

export const Machines = envelope(
  z.array(z.object({ id: z.string(), machine: z.unknown(), mermaid: z.string() }))
).describe('The statecharts of this version: a config that `createMachine()` takes, and a Mermaid diagram.')
export const Snapshot = envelope(
  z.object({
    actors: z.array(
      z.object({
        id: z.string(),
        machine: z.string(),
        parent: z.string().nullable(),
        status: z.string(),
        value: z.unknown(),
        context: z.unknown(),
        memory: z.array(z.unknown()).readonly().describe("the model context of the actor's agent"),
        since: Timestamp.describe('since when its chart has this value')
      })
    ),
    team: z.unknown()
  })
).describe('The charts of a run at one moment, and the members of its team.')

/** What is wrong with a component, in AutoGen Studio's shape. */
const Finding = z.object({ field: z.string(), error: z.string(), suggestion: z.string().nullable() })
export const Validation = z.object({
  is_valid: z.boolean(),
  errors: z.array(Finding),
  warnings: z.array(Finding)
})
export const Trial = z
  .object({
    status: z.boolean(),
    message: z.string(),
    data: z.unknown(),
    logs: z.array(z.string())
  })
  .describe('What came of trying a component.')
export const McpSession = z.object({
  status: z.literal(true),
  message: z.string(),
  session_id: z.string(),
  websocket_url: z.string(),
  timestamp: Timestamp
})
export const Prices = envelope(
  z.object({
    currency: z.string(),
    per_tokens: z.number(),
    source: z.string().optional(),
    models: z.array(
      z.object({
        model: z.string().optional(),
        client: z.string().optional(),
        input: z.number(),
        output: z.number()
      })
    )
  })
).describe('What models cost, in `currency` per `per_tokens` tokens.')

export const AuthType = z
  .object({ type: z.string(), exclude_paths: z.array(z.string()).readonly() })
  .describe('How users prove who they are, and the paths that need no token.')
export const Me = z
  .object({
    id: z.string(),
    name: z.string(),
    email: z.string().nullish(),
    avatar_url: z.string().optional(),
    provider: z.string(),
    roles: z.array(z.string()).readonly()
  })
  .describe('The caller, as its token names it.')
export const RunToken = envelope(
  z.object({ token: z.string(), run_id: z.int(), expires_at: Timestamp })
).describe('A token by which one run can be followed and answered.')
export const LoginUrl = z.object({ login_url: z.string() })
export const Login = z.object({ token: z.string(), user: z.unknown() }).describe('A token and whom it names.')

export const Refused = z
  .object({
    detail: z.string(),
    code: z.string().optional(),
    status: z.literal(false).optional()
  })
  .describe('A refusal. `code` is one of the list of reasons, where the reason has one.')
/** 422: every part of the request that does not fit. */
export const Misfit = z.object({
  detail: z.array(
    z.object({
      type: z.string(),
      loc: z.array(z.union([z.string(), z.int()])),
      msg: z.string(),
      input: z.unknown()
    })
  )
})
