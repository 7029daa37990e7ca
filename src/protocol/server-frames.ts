import { z } from 'zod'
import {
  AgentEvent,
  ChatMessage,
  ModelClientStreamingChunkEvent,
  MultiModalMessage,
  StructuredMessage,
  type TeamMessage
} from '../machines/messages/index.ts'
import { RunStatus } from './run-status.ts'

/**
 * What the server sends on a run's socket and event stream. Each frame is a schema here and a member of `ServerFrame`;
 * PROTOCOL.md shows them as interfaces. Frames of the log are durable: they carry `run_id` and `seq`, and `replay` where
 * they are sent again.
 */

/** ISO 8601 in UTC. */
const Timestamp = z.string()

/** A picture as clients are sent it: a data URL. */
const ShownImage = z.object({ url: z.string(), alt: z.string() })

const ShownMultiModalMessage = MultiModalMessage.extend({
  content: z.array(z.union([z.string(), ShownImage]))
})

/** A message of a type that was registered for a team; `type` is none of the built-in ones. */
const CustomMessage = z.looseObject({ id: z.string(), source: z.string(), type: z.string() })

/** A message or an event as clients are sent it: pictures are data URLs, all else is AutoGen's JSON. */
export const ShownMessage = z.union([
  z.discriminatedUnion('type', [
    ...ChatMessage.options.filter((option) => option !== MultiModalMessage),
    ShownMultiModalMessage,
    ...AgentEvent.options
  ] as unknown as [typeof ShownMultiModalMessage, ...typeof AgentEvent.options]),
  StructuredMessage,
  CustomMessage
]) as unknown as z.ZodType<ShownMessage>
export type ShownMessage =
  | Exclude<z.infer<typeof ChatMessage>, z.infer<typeof MultiModalMessage>>
  | z.infer<typeof ShownMultiModalMessage>
  | z.infer<typeof StructuredMessage>
  | z.infer<typeof AgentEvent>

/** A message or an event in AutoGen's JSON: pictures are `{data}` in base64. */
export const PlainMessage = z.union([
  ChatMessage,
  AgentEvent,
  StructuredMessage,
  CustomMessage
]) as unknown as z.ZodType<TeamMessage>

/** How a run came out, in AutoGen Studio's shape; `duration` in seconds. */
export const TeamResult = z.object({
  task_result: z.object({ messages: z.array(PlainMessage).readonly(), stop_reason: z.string() }),
  usage: z.literal(''),
  duration: z.number()
})
export type TeamResult = z.infer<typeof TeamResult>

/** A question that a run's clients may answer. `deadline` is null without a time-out. */
export const PendingInput = z.object({
  request_id: z.string(),
  prompt: z.string(),
  source: z.string(),
  deadline: Timestamp.nullable()
})
export type PendingInput = z.infer<typeof PendingInput>

/** Where a run stands; `state` is the value of its chart, such as `running.awaitingInput`. */
export const RunInfo = z.object({
  id: z.int(),
  status: RunStatus,
  seq: z.int(),
  state: z.string(),
  pending_input: z.array(PendingInput)
})
export type RunInfo = z.infer<typeof RunInfo>

/** What all frames of a run's log carry. */
const durable = {
  run_id: z.int(),
  seq: z.int(),
  /** It is sent again: to a client that came later. */
  replay: z.literal(true).optional()
}

/** The first frame for a client that is let in. */
export const SystemFrame = z.object({
  type: z.literal('system'),
  status: z.literal('connected'),
  timestamp: Timestamp,
  run: RunInfo
})
/** A message that AutoGen Studio's clients know, or the record of a model call (`source: "llm_call_event"`). */
export const MessageFrame = z.object({ type: z.literal('message'), data: ShownMessage, ...durable })
/** A message or an event that they do not know: thoughts, tool summaries, choices of speakers, … */
export const EventFrame = z.object({ type: z.literal('event'), data: ShownMessage, ...durable })
/** A piece of a message that is still being written; with `replay`, the text so far. */
export const MessageChunkFrame = z.object({
  type: z.literal('message_chunk'),
  data: ModelClientStreamingChunkEvent,
  run_id: z.int(),
  replay: z.literal(true).optional()
})
/** A person is asked. */
export const InputRequestFrame = z.object({
  type: z.literal('input_request'),
  ...PendingInput.shape,
  data: z.object({ source: z.literal('system'), content: z.string() }),
  timestamp: Timestamp,
  ...durable
})
/** The status of the run has changed. */
export const StatusFrame = z.object({
  type: z.literal('status'),
  status: RunStatus,
  state: z.string(),
  ...durable
})
/** The run has come to its end: a condition, a limit or a graceful stop ended it. The last frame of its log. */
export const ResultFrame = z.object({
  type: z.literal('result'),
  status: z.literal('complete'),
  data: TeamResult,
  ...durable
})
/** The run was cancelled or has failed. The last frame of its log. */
export const CompletionFrame = z.object({
  type: z.literal('completion'),
  status: z.enum(['cancelled', 'error']),
  /** The code of the reason, where it is one of the list. */
  code: z.string().optional(),
  data: TeamResult,
  timestamp: Timestamp,
  ...durable
})
/** Answers a frame that was refused, or precedes the close of a refused client. The run is untouched. */
export const ErrorFrame = z.object({
  type: z.literal('error'),
  error: z.string(),
  code: z.string(),
  timestamp: Timestamp
})
/** Something of what this client sent was left out; the rest is done. */
export const WarningFrame = z.object({
  type: z.literal('warning'),
  code: z.string(),
  warning: z.string(),
  file: z.string().optional()
})
/** Answers a `ping`. */
export const PongFrame = z.object({ type: z.literal('pong'), timestamp: Timestamp })

/** Everything that the server sends on a run's socket. */
export const ServerFrame = z.discriminatedUnion('type', [
  SystemFrame,
  MessageFrame,
  EventFrame,
  MessageChunkFrame,
  InputRequestFrame,
  StatusFrame,
  ResultFrame,
  CompletionFrame,
  ErrorFrame,
  WarningFrame,
  PongFrame
])
export type ServerFrame = z.infer<typeof ServerFrame>

/** The frames of a run's log. */
export type DurableFrame = Extract<ServerFrame, { seq: number }>

type Unnumbered<Frame> = Frame extends unknown ? Omit<Frame, 'run_id' | 'seq' | 'replay'> : never

/** A durable frame before it has a number. */
export type FrameBody = Unnumbered<DurableFrame>

/** A frame that is not part of the log: it answers one client. */
export type TransientFrame = Exclude<ServerFrame, { seq: number } | { type: 'message_chunk' }>
