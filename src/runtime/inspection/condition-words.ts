import { type Fields, fieldsOf, kindOf, listOf, textOf } from './loose-fields.ts'

type Words = (config: Fields) => string

const list = (values: unknown): string => listOf(values).join(', ')

const words: Readonly<Record<string, Words>> = {
  OrTerminationCondition: ({ conditions }) => listOf(conditions).map(conditionWords).join(', or '),
  AndTerminationCondition: ({ conditions }) => listOf(conditions).map(conditionWords).join(', and '),
  TextMentionTermination: ({ text, sources }) =>
    `“${textOf(text)}” is said${listOf(sources).length > 0 ? ` by ${list(sources)}` : ''}`,
  MaxMessageTermination: ({ max_messages }) => `there are ${max_messages} messages`,
  StopMessageTermination: () => 'a stop message is said',
  TokenUsageTermination: ({ max_total_token, max_prompt_token, max_completion_token }) =>
    `${max_total_token ?? max_prompt_token ?? max_completion_token} tokens are used`,
  HandoffTermination: ({ target }) => `somebody hands over to ${target}`,
  TimeoutTermination: ({ timeout_seconds }) => `${timeout_seconds} seconds are over`,
  ExternalTermination: () => 'it is stopped from outside',
  SourceMatchTermination: ({ sources }) => `${list(sources)} has spoken`,
  TextMessageTermination: ({ source }) => `${source ?? 'somebody'} says a text`,
  FunctionCallTermination: ({ function_name }) => `${function_name} was called`
}

/** When a termination condition ends a team, in words: `“DONE” is said, or there are 10 messages`. */
export function conditionWords(component: unknown): string {
  const { provider, config, label } = fieldsOf(component)
  const kind = kindOf(provider)
  return words[kind]?.(fieldsOf(config)) ?? textOf(label, kind)
}
