import { z } from 'zod'
import {
  AgentEvent,
  ChatMessage,
  FunctionCall,
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
export const Timestamp = z.string()

export const ShownImage = z
  .object({ url: z.string().describe('a data URL'), alt: z.string() })
  .describe('A picture as clients are sent it.')

export const ShownMultiModalMessage = MultiModalMessage.extend({
  content: z.array(z.union([z.string(), ShownImage]))
}).describe('A `MultiModalMessage` as clients are sent it.')

export const CustomMessage = z
  .looseObject({ id: z.string(), source: z.string(), type: z.string().describe('none of the built-in ones') })
  .describe('A message of a type that was registered for a team.')

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

export const TeamResult = z
  .object({
    task_result: z.object({ messages: z.array(PlainMessage).readonly(), stop_reason: z.string() }),
    usage: z.literal(''),
    duration: z.number().describe('seconds')
  })
  .describe("How a run came out, in AutoGen Studio's shape.")
export type TeamResult = z.infer<typeof TeamResult>

export const PendingInput = z
  .object({
    request_id: z.string(),
    prompt: z.string(),
    source: z.string().describe('the participant that asks'),
    deadline: Timestamp.nullable().describe('null without a time-out'),
    kind: z.literal('approval').optional().describe('where a tool is to be approved; else a text is wanted'),
    call: FunctionCall.optional().describe('the call that is to be approved')
  })
  .describe("A question that the run's clients may answer.")
export type PendingInput = z.infer<typeof PendingInput>

export const RunInfo = z
  .object({
    id: z.int(),
    status: RunStatus,
    seq: z.int().describe('of the last durable frame; 0 before the first'),
    state: z.string().describe("the value of the run's chart, such as `running.awaitingInput`"),
    pending_input: z.array(PendingInput)
  })
  .describe('Where a run stands.')
export type RunInfo = z.infer<typeof RunInfo>

export const Numbered = z
  .object({
    run_id: z.int(),
    seq: z.int(),
    replay: z.literal(true).optional().describe('where the frame is sent again')
  })
  .describe("What every durable frame carries: its number in the run's log.")

export const SystemFrame = z
  .object({
    type: z.literal('system'),
    status: z.literal('connected'),
    timestamp: Timestamp,
    run: RunInfo
  })
  .describe('The first frame to a client that is let in.')
export const StatusFrame = z
  .object({ type: z.literal('status'), status: RunStatus, state: z.string(), ...Numbered.shape })
  .describe("The run's status has changed.")
export const MessageFrame = z
  .object({ type: z.literal('message'), data: ShownMessage, ...Numbered.shape })
  .describe("A message that AutoGen Studio's clients know, or the record of a model call.")
export const EventFrame = z
  .object({ type: z.literal('event'), data: ShownMessage, ...Numbered.shape })
  .describe("A message or an event that AutoGen Studio's clients do not know.")
export const MessageChunkFrame = z
  .object({
    type: z.literal('message_chunk'),
    data: ModelClientStreamingChunkEvent,
    run_id: z.int(),
    replay: z.literal(true).optional().describe('where it is the text so far')
  })
  .describe('A piece of a message that is still being written.')
export const InputRequestFrame = z
  .object({
    type: z.literal('input_request'),
    ...PendingInput.shape,
    data: z.object({ source: z.literal('system'), content: z.string().describe('the prompt') }),
    timestamp: Timestamp,
    ...Numbered.shape
  })
  .describe('A person is asked.')
export const ResultFrame = z
  .object({ type: z.literal('result'), status: z.literal('complete'), data: TeamResult, ...Numbered.shape })
  .describe('The run is complete: a condition, a limit or a graceful stop has ended it. Its last frame.')
export const CompletionFrame = z
  .object({
    type: z.literal('completion'),
    status: z.enum(['cancelled', 'error']),
    code: z.string().optional().describe('of an error, where its reason is one of the list'),
    data: TeamResult,
    timestamp: Timestamp,
    ...Numbered.shape
  })
  .describe('The run was stopped or has failed. Its last frame.')
export const ErrorFrame = z
  .object({
    type: z.literal('error'),
    error: z.string().describe('for people'),
    code: z.string().describe('for programs'),
    timestamp: Timestamp
  })
  .describe('A frame of this client is refused, or the client itself before its socket is closed.')
export const WarningFrame = z
  .object({
    type: z.literal('warning'),
    code: z.string(),
    warning: z.string().describe('for people'),
    file: z.string().optional().describe('the name of the file, where it is about one')
  })
  .describe('Something of what this client has sent was left out; the rest is done.')
export const PongFrame = z
  .object({ type: z.literal('pong'), timestamp: Timestamp })
  .describe('Answers a `ping`.')

/** Everything that the server sends on a run's socket. */
export const ServerFrame = z.discriminatedUnion('type', [
  SystemFrame,
  StatusFrame,
  MessageFrame,
  EventFrame,
  MessageChunkFrame,
  InputRequestFrame,
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
