import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js'
import { z } from 'zod'

// An MCP server with a resource, a prompt, and tools that ask a person or a model; a program of its own.
const server = new McpServer({ name: 'asking', version: '1' }, { capabilities: { logging: {} } })

server.registerResource('one', 'note://one', {}, (uri) => ({
  contents: [{ uri: uri.href, text: 'A note.' }]
}))

server.registerPrompt('greet', { argsSchema: { who: z.string() } }, ({ who }) => ({
  messages: [{ role: 'user', content: { type: 'text', text: `Greet ${who}.` } }]
}))

server.registerTool('ask', {}, async () => {
  const { action, content } = await server.server.elicitInput({
    message: 'Your colour?',
    requestedSchema: {
      type: 'object',
      properties: { colour: { type: 'string' } },
      required: ['colour']
    }
  })
  return { content: [{ type: 'text', text: `${action} ${content?.colour}` }] }
})

server.registerTool('think', {}, async () => {
  await server.sendLoggingMessage({ level: 'info', data: 'I ask a model.' })
  const messages = [{ role: 'user' as const, content: { type: 'text' as const, text: 'A word, please.' } }]
  const { content, model } = await server.server.createMessage({ messages, maxTokens: 9 })
  return { content: [{ type: 'text', text: JSON.stringify([content, model]) }] }
})

await server.connect(new StdioServerTransport())
