import { z } from 'zod'
import type { JournalInput } from '../journal/entries.ts'
import type { EndedEffect } from './events.ts'
import type { Redact } from './redaction.ts'

/** A model's answer, as the journal has it; of other effects only the failure. */
const ModelAnswer = z.object({
  finish_reason: z.string(),
  content: z.unknown(),
  usage: z.object({ prompt_tokens: z.number(), completion_tokens: z.number() })
})

/**
 * What is shown of an effect's result.
 *
 * @param owners the ids of actors by the path that stands in the names of their effects
 * @param trim cuts long texts and hides secrets
 */
export function endedEffect(
  entry: Extract<JournalInput, { kind: 'effect' }>,
  owners: ReadonlyMap<string, string>,
  trim: Redact
): EndedEffect {
  const [path = ''] = /^.*(?=:\d+:\d+$)/.exec(entry.key) ?? []
  const base = { actor: owners.get(path) ?? path, effect: entry.key }
  if ('failure' in entry) return { ...base, failure: trim(entry.failure) as EndedEffect['failure'] }
  const { success, data } = ModelAnswer.safeParse(entry.answer)
  return success ? { ...base, ...data, content: trim(data.content) } : base
}
