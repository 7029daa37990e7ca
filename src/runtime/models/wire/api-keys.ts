import type { ModelCall } from '../model.ts'

/**
 * Set in the environment of runs whose users are not the operator: then a key that the operator has set goes to its
 * maker only, and not to an address that a user has written into a config.
 */
export const KEYS_STAY_HOME = 'TROUPE_KEYS_STAY_HOME'

/** A key from the environment, for its maker's own address or for one that a config names. */
export function keyFor(env: ModelCall['env'], name: string, address: 'home' | 'given'): string | undefined {
  // What a user has set stands in the run's own environment, before what the process has.
  const users = Object.hasOwn(env, name)
  return address === 'home' || users || !env[KEYS_STAY_HOME] ? env[name] : undefined
}
