import { demandOptions } from '../machines/shared/option-names.ts'
import { explain, TroupeError } from '../protocol/errors.ts'
import { RunLimits } from '../protocol/run-options.ts'

/** Throws `unknown_option` or `bad_option` where limits are none. */
export function demandLimits(given: RunLimits | undefined): void {
  if (given === undefined) return
  demandOptions('limits', given, Object.keys(RunLimits.shape))
  const parsed = RunLimits.safeParse(given)
  if (!parsed.success) throw new TroupeError('bad_option', `limits: ${explain(parsed.error)}`)
}
