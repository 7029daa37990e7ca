import type { Part } from './some-teams.ts'

/** What a scripted model answers: words, or one call of a tool. */
export type Line = string | [name: string, args: object]

/** A model that can call tools, and sees or not; it says what is scripted, one after the other. */
export const scripted = (lines: readonly Line[], { vision = true, family = 'gpt-4o' } = {}): Part => ({
  provider: 'autogen_ext.models.replay.ReplayChatCompletionClient',
  config: {
    model_info: { vision, function_calling: true, json_output: true, structured_output: false, family },
    chat_completions: lines.map((line, i) =>
      typeof line === 'string'
        ? line
        : {
            finish_reason: 'function_calls',
            content: [{ id: `c${i}`, name: line[0], arguments: JSON.stringify(line[1]) }],
            usage: { prompt_tokens: 1, completion_tokens: 1 },
            cached: false
          }
    )
  }
})
