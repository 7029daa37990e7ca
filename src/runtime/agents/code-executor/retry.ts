import { z } from 'zod'

const Decision = z.object({ reason: z.string(), retry: z.boolean() }).meta({ title: 'RetryDecision' })

const { $schema: _, ...schema } = z.toJSONSchema(Decision)

/** A model's word on whether code that failed is worth another try. */
export const decision = {
  schema,
  /** Reads the answer; one that does not fit is a no, because the failure is published in any case. */
  read(content: unknown): z.infer<typeof Decision> {
    try {
      return Decision.parse(JSON.parse(String(content)))
    } catch {
      return { retry: false, reason: 'The model gave no clear answer.' }
    }
  }
}

/** Asks a model whether code that failed is worth another try. */
export const retryPrompt = (output: string) =>
  `The code that ran last has failed:\n${output}\n\nShall it be mended and run again? Answer with "retry", true or ` +
  'false, and with "reason": what went wrong, and what you would do about it if it is to be tried again.'
