import { argumentsOf } from '../wire/arguments.ts'
import type { ChatBody, ChatMessage } from './request.ts'
import { asFirstSystem, asTurns, withoutKeys } from './simpler-request.ts'

/** Something that servers refuse although OpenAI takes it, and how the same request is sent without it. */
export interface Workaround {
  name: string
  /** Whether a request has what this is about. */
  concerns(body: ChatBody): boolean
  /** Whether a refusal speaks of it. */
  explains(said: string): boolean
  apply(body: ChatBody): ChatBody
}

/** How servers say that they do not know or take something. */
const NOT_TAKEN =
  /unsupported|not support|n't support|unknown|unrecogni[sz]ed|unexpected|extra|not permitted|not allowed|additional propert|deprecated|not available|unavailable|no such|invalid (field|param|argument|key|name)|not enabled|only the default|must be verified/i

/** Whether a refusal says that something with one of these names is not taken. */
const refuses =
  (...names: RegExp[]) =>
  (said: string): boolean =>
    NOT_TAKEN.test(said) && names.every((name) => name.test(said))

/** A parameter that is left out; `always`: whatever the refusal says of it. */
function without(name: string, always = false): Workaround {
  const word = new RegExp(`\\b${name}\\b`)
  return {
    name: `without ${name}`,
    concerns: (body) => name in body,
    explains: always ? (said) => word.test(said) : refuses(word),
    apply: ({ [name]: _, ...body }) => body as ChatBody
  }
}

/** A parameter that goes by another name. */
const renamed = (from: string, to: string, explains: Workaround['explains']): Workaround => ({
  name: `${to} for ${from}`,
  concerns: (body) => from in body,
  explains,
  apply: ({ [from]: value, ...body }) => ({ ...body, [to]: value }) as ChatBody
})

/** Messages that are sent otherwise. */
const messages = (
  name: string,
  explains: Workaround['explains'],
  has: (message: ChatMessage) => boolean,
  change: (message: ChatMessage) => ChatMessage
): Workaround => ({
  name,
  concerns: (body) => body.messages.some(has),
  explains,
  apply: (body) => ({
    ...body,
    messages: body.messages.map((message) => (has(message) ? change(message) : message))
  })
})

const added = (body: ChatBody, role: ChatMessage['role'], content: string): ChatBody => ({
  ...body,
  messages: [...body.messages, { role, content }]
})

const streaming: readonly Workaround[] = [
  without('stream_options', true),
  {
    name: 'without stream',
    concerns: (body) => body.stream === true,
    explains: refuses(/\bstream(ing)?\b/i),
    apply: ({ stream: _, stream_options: __, ...body }) => body as ChatBody
  }
]

const sampling = [
  'temperature',
  'top_p',
  'presence_penalty',
  'frequency_penalty',
  'logit_bias',
  'seed',
  'stop'
]
const parameters: readonly Workaround[] = [
  renamed('max_tokens', 'max_completion_tokens', (said) => /\bmax_completion_tokens\b/.test(said)),
  renamed('max_completion_tokens', 'max_tokens', refuses(/\bmax_completion_tokens\b/)),
  ...[...sampling, 'user', 'n', 'reasoning_effort'].map((name) => without(name))
]

const FORMAT = /response_?format|json_schema|json_object|json mode|structured output|guided/i
const refusesFormat = (said: string) => refuses(FORMAT)(said) && !/invalid schema/i.test(said)
const formats: readonly Workaround[] = [
  {
    name: 'the word JSON',
    concerns: (body) => body.response_format !== undefined,
    explains: (said) => /contain the word '?json/i.test(said),
    apply: (body) => added(body, 'system', 'Answer in JSON.')
  },
  {
    name: 'a schema in words',
    concerns: (body) => body.response_format?.type === 'json_schema',
    explains: refusesFormat,
    apply: (body) =>
      added(
        { ...body, response_format: { type: 'json_object' } },
        'system',
        `Answer with a JSON object that fits this JSON Schema: ${JSON.stringify(body.response_format?.json_schema?.schema)}`
      )
  },
  {
    name: 'without response_format',
    concerns: (body) => body.response_format?.type === 'json_object',
    explains: refusesFormat,
    apply: ({ response_format: _, ...body }) =>
      added(body as ChatBody, 'system', 'Answer in JSON, and with nothing else.')
  }
]

type Tool = NonNullable<ChatBody['tools']>[number]['function']
const eachTool = (body: ChatBody, change: (tool: Tool) => Tool): ChatBody => ({
  ...body,
  tools: body.tools?.map((tool) => ({ ...tool, function: change(tool.function) }))
})

/** What is in a JSON Schema that some services do not know. */
const fancy = ['$schema', '$id', '$comment', 'additionalProperties', 'title', 'default', 'examples']
const FANCY = new RegExp(fancy.map((key) => key.replace('$', '\\$')).join('|'))
const tools: readonly Workaround[] = [
  without('parallel_tool_calls', true),
  {
    name: 'without strict',
    concerns: (body) => body.tools?.some(({ function: tool }) => tool.strict !== undefined) ?? false,
    explains: refuses(/\bstrict\b/),
    apply: (body) => eachTool(body, ({ strict: _, ...tool }) => tool)
  },
  {
    name: 'plain schemas',
    concerns: (body) => body.tools !== undefined,
    explains: refuses(FANCY, /schema|parameters|function|tool/i),
    apply: (body) => eachTool(body, (tool) => ({ ...tool, parameters: withoutKeys(fancy, tool.parameters) }))
  },
  {
    name: 'a description for each tool',
    concerns: (body) => body.tools?.some(({ function: tool }) => !tool.description) ?? false,
    explains: (said) =>
      /description/i.test(said) && /length|empty|required|missing|blank|at least/i.test(said),
    apply: (body) => eachTool(body, (tool) => ({ ...tool, description: tool.description || tool.name }))
  },
  without('tool_choice')
]

const isSystem = ({ role }: ChatMessage) => role === 'system'
const isBlank = ({ content }: ChatMessage) => typeof content === 'string' && content.trim() === ''
const conversation: readonly Workaround[] = [
  messages(
    'without names',
    // The second is all that Google's service says of a name.
    (said) => refuses(/\bname\b/, /message/)(said) || /request contains an invalid argument/i.test(said),
    ({ name }) => name !== undefined,
    ({ name: _, ...message }) => message
  ),
  {
    name: 'system first',
    concerns: (body) => body.messages.slice(1).some(isSystem),
    explains: (said) =>
      /system/i.test(said) && /beginning|start|first|only one|single|multiple|after/i.test(said),
    apply: (body) => ({ ...body, messages: asFirstSystem(body.messages) })
  },
  messages(
    'without the system role',
    refuses(/\bsystem\b/i, /role|message|prompt|instruction/i),
    isSystem,
    (message) => ({ ...message, role: 'user' })
  ),
  {
    name: 'turns',
    concerns: (body) => asTurns(body.messages).length < body.messages.length,
    explains: (said) => /alternat|consecutive/i.test(said),
    apply: (body) => ({ ...body, messages: asTurns(body.messages) })
  },
  {
    name: 'a last word of the user',
    concerns: (body) => body.messages.at(-1)?.role === 'assistant',
    explains: (said) =>
      /(last|final) (role|message)|end with a user|prefill|add_generation_prompt|prefix/i.test(said),
    apply: (body) => added(body, 'user', 'Continue.')
  },
  messages(
    'a text for null',
    (said) => /content/i.test(said) && /null|none|required|missing|string|field/i.test(said),
    ({ content }) => content === null,
    (message) => ({ ...message, content: '' })
  ),
  messages(
    'words for blanks',
    (said) => /empty|blank|white-?space|at least one character/i.test(said),
    isBlank,
    (message) => ({ ...message, content: '(nothing)' })
  ),
  messages(
    'arguments in JSON',
    (said) => /json|argument/i.test(said),
    (message) => callsOf(message).some((call) => withJson(call) !== call),
    (message) => ({ ...message, tool_calls: callsOf(message).map(withJson) })
  )
]

interface Call {
  function: { arguments: string }
}
const callsOf = ({ tool_calls }: ChatMessage): readonly Call[] => (tool_calls ?? []) as Call[]

/** A call with arguments that are JSON; itself where they are already. */
function withJson(call: Call): Call {
  try {
    JSON.parse(call.function.arguments)
    return call
  } catch {
    const text = JSON.stringify(argumentsOf(call.function.arguments))
    return { ...call, function: { ...call.function, arguments: text } }
  }
}

/** Ways around what servers refuse, in the order in which they are tried. */
export const workarounds: readonly Workaround[] = [
  ...streaming,
  ...parameters,
  ...formats,
  ...tools,
  ...conversation
]
