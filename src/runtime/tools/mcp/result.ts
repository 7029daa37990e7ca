import type { ToolOutput } from '../tool.ts'
import type { McpResult } from './requests.ts'

/** Characters of a result: it goes to a model and into the log. */
const LONGEST = 32 * 2 ** 20

/** What an MCP server gives for a call, as one text for the model. */
export function outputOf({ content, structuredContent, isError, toolResult }: McpResult): ToolOutput {
  const texts = (content ?? []).map((part) => textOf(part as Part))
  // Servers need not repeat in words what they give as data.
  const data = structuredContent ?? toolResult
  if (texts.length === 0 && data !== undefined && data !== null) texts.push(JSON.stringify(data))
  const length = texts.reduce((sum, text) => sum + text.length, 0)
  if (length <= LONGEST) return { content: texts.join('\n'), isError: isError ?? false }
  return { content: `The result has ${length} characters; ${LONGEST} are allowed.`, isError: true }
}

/** A piece of a result; which fields it has depends on its type, and on its server. */
interface Part {
  type: string
  text?: unknown
  data?: unknown
  mimeType?: unknown
  resource?: { uri?: unknown; text?: unknown; blob?: unknown; mimeType?: unknown }
}

// A picture as base64 text would cost a model thousands of words and tell it nothing.
function textOf(part: Part): string {
  const { type, text, data, mimeType, resource } = part
  if (type === 'text') return typeof text === 'string' ? text : JSON.stringify(text ?? '')
  if (type === 'image' || type === 'audio')
    return noteOf(type === 'image' ? 'Image' : 'Audio', mimeType, data)
  if (type === 'resource' && typeof resource?.blob === 'string')
    return noteOf(`Resource ${resource.uri}`, resource.mimeType, resource.blob)
  return JSON.stringify(part)
}

const noteOf = (what: string, mimeType: unknown, base64: unknown): string =>
  `[${what}: ${mimeType ?? 'unknown'}, ${Math.floor(String(base64 ?? '').length * 0.75)} bytes]`
