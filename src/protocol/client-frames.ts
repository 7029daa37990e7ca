import { z } from 'zod'
import { TroupeError } from './errors.ts'
import { isTooDeep } from './json-depth.ts'
import { RunOptions } from './run-options.ts'

export const TaskFile = z
  .object({
    name: z.string().nullish(),
    content: z.string().describe('base64'),
    type: z.string().describe('media type, such as `image/png`')
  })
  .describe('A file that comes with a task. Scripts may leave the name out.')
export type TaskFile = z.infer<typeof TaskFile>

export const StartFrame = z
  .object({
    type: z.literal('start'),
    task: z
      .unknown()
      .optional()
      .describe('a text, a chat message or a list of them; empty only where there are files or a state'),
    team_config: z.record(z.string(), z.unknown()).nullish().describe('a component'),
    team_id: z.int().nullish().describe("a team of the run's owner, instead of `team_config`"),
    team: z
      .union([z.string(), z.int()])
      .nullish()
      .describe('a registered team by its name, or a stored one, own or published, by name, slug or id'),
    files: z
      .array(z.unknown())
      .nullish()
      .describe('`TaskFile`s; one that does not fit is left out with a `warning`'),
    options: RunOptions.nullish(),
    state: RunOptions.shape.state.nullable().describe('as in `options`'),
    continue: RunOptions.shape.continue.nullable().describe('as in `options`')
  })
  .describe('Begins the run.')
export const StopFrame = z
  .object({
    type: z.literal('stop'),
    reason: z.string().nullish().describe('the stop reason; `User requested stop/cancellation` unless told'),
    graceful: z.boolean().nullish().describe('after the present turn, with a `result`'),
    code: z.number().nullish().describe("of AutoGen Studio's page; not looked at")
  })
  .describe('Ends the run.')
export const PingFrame = z.object({ type: z.literal('ping') }).describe('Asks for a `pong`.')
const InputAnswer = z.object({
  response: z.string().nullish().describe('a text; for an approval `yes`, or why not'),
  approved: z.boolean().nullish().describe('whether the call may be made, instead of a text'),
  reason: z.string().nullish().describe('why not; the model gets it as the tool result'),
  request_id: z.string().nullish().describe('the oldest pending input unless told')
})
const hasAnswer = ({ response, approved }: z.infer<typeof InputAnswer>) =>
  response != null || approved != null
const noAnswer = { message: 'An answer has `response` or `approved`.', path: ['response'] }

/** The fields of an `input_response`, as REST takes them. */
export const InputResponseBody = InputAnswer.refine(hasAnswer, noAnswer)
export const InputResponseFrame = z
  .object({ type: z.literal('input_response'), ...InputAnswer.shape })
  .refine(hasAnswer, noAnswer)
  .describe('Answers a pending input.')
export const PauseFrame = z
  .object({ type: z.literal('pause') })
  .describe('Pauses the run before its next model or tool call.')
export const ResumeFrame = z.object({ type: z.literal('resume') }).describe('Resumes a paused run.')

/** What a client may send. */
export const ClientFrame = z.discriminatedUnion('type', [
  StartFrame,
  StopFrame,
  PauseFrame,
  ResumeFrame,
  InputResponseFrame,
  PingFrame
])
export type ClientFrame = z.infer<typeof ClientFrame>
export type FrameOf<Type extends ClientFrame['type']> = Extract<ClientFrame, { type: Type }>

/** Parses a frame. Throws why it is refused: `bad_json`, `bad_frame`, `invalid_start`. */
export function parseFrame(text: string): ClientFrame {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new TroupeError('bad_json')
  }
  if (isTooDeep(value)) throw new TroupeError('bad_frame', 'This is nested too deeply.')
  const parsed = ClientFrame.safeParse(value)
  if (parsed.success) return parsed.data
  const { path, message } = parsed.error.issues[0]!
  const place = `${path.join('.')}: ${message}`
  if ((value as { type?: unknown } | null)?.type === 'start') {
    // Of what old clients send they know the bare text only.
    const ours = ['options', 'state', 'continue', 'team_id', 'team'].includes(String(path[0]))
    throw new TroupeError('invalid_start', ...(ours ? [`: ${place}`] : []))
  }
  throw new TroupeError('bad_frame', ...(path.length > 0 ? [place] : []))
}
