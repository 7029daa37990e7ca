import type { ModelMessage } from '../../machines/messages/index.ts'
import type { Model, ToolSchema } from '../models/model.ts'
import { ReplayModel } from '../models/replay/replay.ts'
import { promptWords } from '../models/replay/token-texts.ts'

/** Says how many tokens a message costs a model. */
export type TokenCount = (message: ModelMessage) => number

/**
 * How a model's tokens are counted before it is asked. A replay model counts words, as in its usage; of others it is
 * an estimate, since each service has its own tokenizer: a token is four bytes, a picture 765 tokens (1024 × 1024 in
 * OpenAI's price list), and a message costs three more.
 */
export const tokenCountOf = (model: Model): TokenCount =>
  model instanceof ReplayModel ? (message) => promptWords([message]) : estimate

/** What tools add to each call of a model. */
export const toolTokens = (model: Model, tools: readonly ToolSchema[]): number =>
  model instanceof ReplayModel || tools.length === 0 ? 0 : bytes(JSON.stringify(tools))

const PICTURE = 765
const FRAME = 3
const bytes = (text: string) => Math.ceil(Buffer.byteLength(text) / 4)

function estimate({ content }: ModelMessage): number {
  if (typeof content === 'string') return FRAME + bytes(content)
  return content.reduce((sum: number, part) => sum + partTokens(part), FRAME)
}

function partTokens(part: string | object): number {
  if (typeof part === 'string') return bytes(part)
  return 'data' in part ? PICTURE : bytes(JSON.stringify(part))
}

// Tokens that a model of a family can be given at once, as their makers say. Source: autogen-ext `_model_info`.
const windows: Record<string, number> = {
  'gpt-5': 400_000,
  'gpt-41': 1_047_576,
  'gpt-45': 128_000,
  'gpt-4o': 128_000,
  'gpt-4': 8_192,
  'gpt-35': 16_385,
  o1: 200_000,
  o3: 200_000,
  o4: 200_000,
  'gemini-1.5-flash': 1_048_576,
  'gemini-1.5-pro': 2_097_152,
  'gemini-2.0-flash': 1_048_576,
  'gemini-2.5-pro': 2_097_152,
  'gemini-2.5-flash': 1_048_576
}

/** How many tokens a model can be given, by its family; of others nothing is known, and nothing is left out. */
export function windowOf({ info: { family } }: Model): number {
  if (family.startsWith('claude-')) return 200_000
  if (family.startsWith('llama-')) return 128_000
  return windows[family] ?? Number.POSITIVE_INFINITY
}
