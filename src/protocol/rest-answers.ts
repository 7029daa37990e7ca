import { z } from 'zod'
import type { ComponentModel } from '../machines/component/component.ts'
import { RunStatus } from './run-status.ts'
import { PlainMessage, RunInfo, ServerFrame, WarningFrame } from './server-frames.ts'

/** What the REST API answers: one schema for each body. PROTOCOL.md and OpenAPI come from these. */

/** ISO 8601 in UTC. */
const Timestamp = z.string()

/** The envelope of an answer; a page reads its `status`. */
const envelope = <Data extends z.ZodType>(data: Data) =>
  z.object({ status: z.literal(true), data, message: z.string().optional() })

/** The answer of a route that gives no data. */
export const Done = z.object({ status: z.literal(true), message: z.string() })

const Json = z.record(z.string(), z.unknown())

/** A component as JSON, in AutoGen's shape. */
const Component = z.looseObject({
  provider: z.string(),
  component_type: z.string().nullish(),
  version: z.number().nullish(),
  component_version: z.number().nullish(),
  description: z.string().nullish(),
  label: z.string().nullish(),
  config: Json
}) as unknown as z.ZodType<ComponentModel>

/** What every row of a user has. */
const row = {
  id: z.int(),
  user_id: z.string().nullable(),
  created_at: Timestamp,
  updated_at: Timestamp,
  /** The version of the row's shape, AutoGen Studio's. */
  version: z.string()
}
const TeamRow = z.object({ ...row, component: Component })
const SessionRow = z.object({ ...row, name: z.string(), team_id: z.int().nullable() })
const ConfigRow = z.object({ ...row, config: Json })

/** A message of a run as a row; a picture is `{data}` in base64. */
const MessageRow = z.object({
  ...row,
  session_id: z.int(),
  run_id: z.int(),
  config: PlainMessage,
  message_meta: Json
})

export type MessageRow = z.infer<typeof MessageRow>

/** A run as a row. `task` and `team_result` are `{}` before there are any. */
const RunRow = z.object({
  ...row,
  session_id: z.int(),
  status: RunStatus,
  task: z.unknown(),
  team_result: z.unknown(),
  error_message: z.string().nullable(),
  messages: z.array(MessageRow)
})
export type RunRow = z.infer<typeof RunRow>

export const Version = envelope(z.object({ version: z.string() }))
/** 503 with `status: false` where the server cannot work at present. */
export const Health = z.object({ status: z.boolean(), message: z.string() })

export const Team = envelope(TeamRow)
export const Teams = envelope(z.array(TeamRow))
export const Session = envelope(SessionRow)
/** Newest first. */
export const Sessions = envelope(z.array(SessionRow))
/** Oldest first, with their messages; the ids are text. */
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
)
export const Settings = envelope(ConfigRow)
export const Gallery = envelope(ConfigRow)
export const Galleries = envelope(z.array(ConfigRow))
export const Deleted = envelope(z.null())

export const NewRun = envelope(z.object({ run_id: z.int() }))
export const Run = envelope(RunRow)
/** Oldest first. */
export const Messages = envelope(z.array(MessageRow))
/** Where a run stands after a command. */
export const Commanded = envelope(
  z.object({
    ...RunInfo.pick({ status: true, seq: true }).shape,
    /** What was left out of a start. */
    warnings: z.array(WarningFrame.omit({ type: true })).optional()
  })
)
/** Frames of the log above `after`, each marked `replay: true`. */
export const Frames = envelope(z.array(ServerFrame))
/** A team's state in AutoGen's JSON; null where the run has not begun. */
export const State = envelope(Json.nullable())
/** The team of a run as it was when the run began; null before that. */
export const RunTeam = envelope(Component.nullable())
/** The turns of a run, from turn 0, the task. */
export const Turns = envelope(
  z.array(z.object({ turn: z.int(), seq: z.int(), speakers: z.array(z.string()).readonly(), at: Timestamp }))
)
/** A run in the list of all runs; newest first. `waits_for`: the members for whom a person is to answer. */
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
)

/** The statecharts of this version: a config that `createMachine()` takes, and a Mermaid diagram. */
export const Machines = envelope(
  z.array(z.object({ id: z.string(), machine: z.unknown(), mermaid: z.string() }))
)
/** The charts of a run at one moment, and the members of its team. */
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
        /** The model context of the actor's agent. */
        memory: z.array(z.unknown()).readonly(),
        /** Since when its chart has this value. */
        since: Timestamp
      })
    ),
    team: z.unknown()
  })
)

/** What is wrong with a component, in AutoGen Studio's shape. */
const Finding = z.object({ field: z.string(), error: z.string(), suggestion: z.string().nullable() })
export const Validation = z.object({
  is_valid: z.boolean(),
  errors: z.array(Finding),
  warnings: z.array(Finding)
})
/** What came of trying a component. */
export const Trial = z.object({
  status: z.boolean(),
  message: z.string(),
  data: z.unknown(),
  logs: z.array(z.string())
})
export const McpSession = z.object({
  status: z.literal(true),
  message: z.string(),
  session_id: z.string(),
  websocket_url: z.string(),
  timestamp: Timestamp
})
/** What models cost, in `currency` per `per_tokens` tokens. */
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
)

/** How users prove who they are, and the paths that need no token. */
export const AuthType = z.object({ type: z.string(), exclude_paths: z.array(z.string()).readonly() })
/** The caller, as its token names it. */
export const Me = z.object({
  id: z.string(),
  name: z.string(),
  email: z.string().nullish(),
  avatar_url: z.string().optional(),
  provider: z.string(),
  roles: z.array(z.string()).readonly()
})
export const LoginUrl = z.object({ login_url: z.string() })
/** A token and whom it names. */
export const Login = z.object({ token: z.string(), user: z.unknown() })

/** A refusal. `code` is one of the list of reasons, where the reason has one. */
export const Refused = z.object({
  detail: z.string(),
  code: z.string().optional(),
  status: z.literal(false).optional()
})
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
