import type { ModelResult } from '../model.ts'

const names: [ours: ModelResult['finish_reason'], theirs: string[]][] = [
  ['stop', ['stop', 'eos', 'eos_token', 'stop_sequence', 'end_turn', 'complete', 'completed', 'finished']],
  [
    'length',
    [
      'length',
      'max_tokens',
      'max_output_tokens',
      'max_completion_tokens',
      'model_length',
      'model_context_window_exceeded'
    ]
  ],
  [
    'content_filter',
    [
      'content_filter',
      'content-filter',
      'sensitive',
      'safety',
      'recitation',
      'prohibited_content',
      'blocklist',
      'spii',
      'guardrail_intervened'
    ]
  ],
  ['function_calls', ['tool_calls', 'function_call', 'function_calls', 'tool_use', 'tool_call']]
]
const ours = new Map(names.flatMap(([our, theirs]) => theirs.map((their) => [their, our])))

/** Why an answer ended, in AutoGen's words; servers have many of their own. */
export const finishReason = (theirs: string): ModelResult['finish_reason'] =>
  ours.get(theirs.toLowerCase().replace(/^.*: ?/, '')) ?? 'unknown'

const failures: Record<string, string> = {
  error: 'the service stopped with an error and does not say which.',
  network_error: 'the service lost its connection to the model.',
  insufficient_system_resource: 'the service has too little to go on with at present.',
  abort: 'the service has aborted it.',
  malformed_function_call: 'the model wrote a tool call that the service cannot read.'
}

/** What went wrong where an answer did not end but failed; undefined for reasons that are ends. */
export const failedFinish = (theirs: string): string | undefined =>
  failures[theirs.toLowerCase().replace(/^.*: ?/, '')]
