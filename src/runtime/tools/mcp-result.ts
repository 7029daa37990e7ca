import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js'
import type { ToolOutput } from './tool.ts'

/** What an MCP server gives for a call, as the one text that a model is told. */
export function outputOf({ content = [], structuredContent, isError }: Partial<CallToolResult>): ToolOutput {
  const texts = content.map(textOf)
  // Servers need not repeat in words what they give as data.
  if (texts.length === 0 && structuredContent) texts.push(JSON.stringify(structuredContent))
  return { content: texts.join('\n'), isError: isError ?? false }
}

// A picture as base64 text would cost a model thousands of words and tell it nothing.
function textOf(part: CallToolResult['content'][number]): string {
  if (part.type === 'text') return part.text
  if (part.type !== 'image' && part.type !== 'audio') return JSON.stringify(part)
  return `[${part.type === 'image' ? 'Image' : 'Audio'}: ${part.mimeType}, ${Math.floor(part.data.length * 0.75)} bytes]`
}
