import { z } from 'zod'
import { explain } from '../../protocol/errors.ts'

/** The same problems as seen from the call: `arguments.city: …`. */
export const inArguments = ({ issues }: z.ZodError): z.ZodError =>
  new z.ZodError(issues.map((issue) => ({ ...issue, path: ['arguments', ...issue.path] })))

/** The tool result for arguments that do not fit: every place and why. */
export const refusal = (error: z.ZodError): Error => new Error(explain(error))
