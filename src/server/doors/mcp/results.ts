import type { CallToolResult, Tool } from '@modelcontextprotocol/server'
import { type AnswerEnd, type AnswerEvent, messagesIn } from '../common/answer-events.ts'
import { questionText } from '../common/joined-text.ts'
import type { ListedTeam } from '../common/team-directory.ts'

/** What a call of a team gives besides text. */
const outputSchema = {
  type: 'object',
  properties: {
    status: { type: 'string', enum: ['complete', 'awaiting_input', 'stopped', 'error'] },
    run: { type: 'integer', description: 'The id of the run.' },
    result: { type: ['string', 'null'], description: 'The text of the last message.' },
    messages: {
      type: 'array',
      items: {
        type: 'object',
        properties: { source: { type: 'string' }, text: { type: 'string' } },
        required: ['source', 'text']
      }
    },
    stop_reason: { type: 'string' },
    usage: {
      type: 'object',
      properties: { prompt_tokens: { type: 'integer' }, completion_tokens: { type: 'integer' } }
    },
    request_id: { type: 'string', description: 'The question that is to be answered.' },
    question: { type: 'string' },
    code: { type: 'string' }
  },
  required: ['status', 'run']
} satisfies Tool['outputSchema']

/** A team as a tool. */
export const toolOf = ({ title, description }: ListedTeam, name: string): Tool => ({
  name,
  title,
  description: description || `Gives a task to the team "${title}" and returns what it says.`,
  inputSchema: {
    type: 'object',
    properties: { task: { type: 'string', description: 'What the team is to do.' } },
    required: ['task']
  },
  outputSchema
})

/** The tool by which a question is answered where the client cannot ask its person by itself. */
export const answerTool = (name: string): Tool => ({
  name,
  title: 'Answer a question of a team',
  description:
    'Answers the question with which a call of a team has ended, and returns what the team says next. ' +
    'Where it asks whether a tool may be called, give `approved`.',
  inputSchema: {
    type: 'object',
    properties: {
      run: { type: 'integer', description: 'The run, as `structuredContent.run` names it.' },
      request_id: { type: 'string', description: 'The question; the oldest without it.' },
      answer: { type: 'string' },
      approved: { type: 'boolean' },
      reason: { type: 'string', description: 'Why not.' }
    },
    required: ['run']
  },
  outputSchema
})

/** The result of a call whose answer has ended; `_meta` names its run. */
export function resultOf(run: number, events: readonly AnswerEvent[], end: AnswerEnd): CallToolResult {
  const messages = messagesIn(events).map(({ source, text }) => ({ source, text }))
  const { status, words, ...besides } = endingOf(end, messages)
  return {
    content: text(words),
    structuredContent: {
      status,
      run,
      result: end.last?.text ?? null,
      messages,
      usage: end.usage,
      ...besides
    },
    ...((status === 'stopped' || status === 'error') && { isError: true }),
    _meta: { 'troupe/run': run }
  }
}

/** How an answer has ended, and the words of it for a client that reads text only. */
function endingOf(end: AnswerEnd, messages: readonly Said[]) {
  switch (end.how) {
    case 'complete':
      return { status: 'complete', words: end.last?.text ?? end.reason, stop_reason: end.reason }
    case 'asked': {
      const question = questionText(end.questions)
      const before = messages.map(({ source, text }) => `${source}: ${text}\n\n`).join('')
      return {
        ...{ status: 'awaiting_input', words: before + question },
        ...{ request_id: end.questions[0]?.request_id, question }
      }
    }
    case 'cancelled':
      return { status: 'stopped', words: end.reason, stop_reason: end.reason }
    case 'error':
      return { status: 'error', words: end.error, code: end.code }
  }
}

interface Said {
  source: string
  text: string
}

/** A call that was refused. */
export const failed = (message: string, code: string): CallToolResult => ({
  content: text(`${message} (${code})`),
  isError: true,
  _meta: { 'troupe/code': code }
})

const text = (value: string): CallToolResult['content'] => [{ type: 'text', text: value }]
