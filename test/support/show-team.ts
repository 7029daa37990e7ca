import { assistant, type Part, person, replayModel } from './some-teams.ts'

const call = (name: string, args: object) => ({
  finish_reason: 'function_calls',
  content: [{ id: `call-${name}`, name, arguments: JSON.stringify(args) }],
  usage: { prompt_tokens: 181, completion_tokens: 22 },
  cached: false,
  thought: 'The tide table of that week should settle it; I look it up.'
})

const edge = (target: string) => ({ target, condition: null })

/** A tool over HTTP that a server of the test answers. */
const httpTool = (port: number): Part => ({
  provider: 'autogen_ext.tools.http.HttpTool',
  config: {
    ...{ name: 'tide_table', description: 'High water at a place.', scheme: 'http', host: '127.0.0.1', port },
    ...{ path: '/tides', method: 'GET', headers: {}, return_type: 'text' },
    json_schema: { type: 'object', properties: { place: { type: 'string' } }, required: ['place'] }
  }
})

/**
 * Four who work on a text: a planner, then a researcher with a tool and a writer side by side, then a person who has
 * the last word. `pace` is how long each answer takes, `word` how long the writer takes for a word, in milliseconds.
 */
export function showTeam(port: number, pace = 300, word = 40): Part & { label: string } {
  const slow = { delay_ms: pace, chunk_delay_ms: 12 }
  const planner = assistant(
    'planner',
    replayModel(
      [
        'Here is how we go about it:\n\n1. **researcher** checks when the water was high that night\n2. **writer** drafts the first paragraph\n3. **editor** decides\n\n```json\n{ "place": "Cuxhaven", "length": "one paragraph" }\n```'
      ],
      slow
    ),
    true
  )
  const researcher = assistant(
    'researcher',
    replayModel(
      [
        call('tide_table', { place: 'Cuxhaven' }) as never,
        'High water was at **02:14**. A ship that passed at midnight had little under its keel.'
      ],
      {
        ...slow,
        model_info: { vision: false, function_calling: true, json_output: false, family: 'unknown' } as never
      }
    )
  )
  const parts = [
    planner,
    { ...researcher, config: { ...researcher.config, tools: [httpTool(port)], reflect_on_tool_use: true } },
    assistant(
      'writer',
      replayModel(
        [
          'Each night the keeper counts twelve lamps at sea. Tonight a thirteenth answers his own light, *blink for blink*, from where there is no water deep enough for a ship.'
        ],
        { delay_ms: pace, chunk_delay_ms: word }
      ),
      true
    ),
    person('editor')
  ]
  return {
    provider: 'autogen_agentchat.teams.GraphFlow',
    label: 'Night watch',
    config: {
      participants: parts,
      graph: {
        nodes: {
          planner: { name: 'planner', edges: [edge('researcher'), edge('writer')] },
          researcher: { name: 'researcher', edges: [edge('editor')] },
          writer: { name: 'writer', edges: [edge('editor')] },
          editor: { name: 'editor', edges: [] }
        },
        default_start_node: 'planner'
      }
    }
  }
}
