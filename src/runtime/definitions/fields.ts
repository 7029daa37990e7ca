import { z } from 'zod'

/** The schema of a config, with fields that all components of a kind have. */
export const withFields = (config: z.ZodObject | undefined, fields: z.ZodRawShape): z.ZodType<object> =>
  (config ?? z.object({})).extend({ description: z.string().optional(), ...fields })
