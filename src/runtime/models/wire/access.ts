import type { ModelCall } from '../model.ts'

type Env = ModelCall['env']

/**
 * Set in the environment of runs whose users are not the operator. What a user has set stands in the run's environment
 * itself then, and what the operator has set in that which it inherits. No user can set it: it has no name.
 */
export const TENANTS = Symbol('the users of these runs are not the operator')

/** The environment of the operator, for runs of others. */
export const operatorsEnvironment = (env: Env): Env => ({ ...env, [TENANTS]: true })

/** What a config says of the way to a service, and which variables say what it leaves open. */
export interface Wanted {
  /** The key and the address of the config. */
  key?: string | null | undefined
  address?: string | null | undefined
  /** The variables that may hold the key, the first that is set counts; and the address. */
  keys: readonly string[]
  addresses?: readonly string[]
  /** The address of the service's maker. */
  home: string
}

/** The way to a service. */
export interface Way {
  address: string
  /** Undefined where there is none that may be sent there. */
  key: string | undefined
  /** There is a key of the operator's, and it is not sent to an address that another user has given. */
  isWithheld: boolean
  /**
   * The key, or the address with its password, is the operator's and the caller is another user: nothing of the caller's
   * goes along that names an account or another way.
   */
  isLent: boolean
}

/**
 * Finds the way to a service. Among tenants a key and the address that it is sent to are of one owner, or the address is
 * that of the maker: neither the operator's key goes where a tenant says, nor a tenant's key where the operator says.
 */
export function wayTo(env: Env, { key, address, keys, addresses = [], home }: Wanted): Way {
  if (!isOfTenants(env)) {
    const own = { address: address || first(env, addresses) || home, key: key || first(env, keys) }
    return { ...own, isWithheld: false, isLent: false }
  }
  const theirs = { key: key || first(ownOf(env), keys), address: address || first(ownOf(env), addresses) }
  const inherited = inheritedOf(env)
  const operators = { key: first(inherited, keys), address: first(inherited, addresses) }
  if (theirs.key)
    return { address: theirs.address || home, key: theirs.key, isWithheld: false, isLent: false }
  const isTheirs = [operators.address || home, home].every((one) => !isSame(theirs.address, one))
  if (theirs.address && isTheirs)
    return { address: theirs.address, key: undefined, isWithheld: operators.key !== undefined, isLent: false }
  const lent = { address: theirs.address || operators.address || home, key: operators.key }
  return { ...lent, isWithheld: false, isLent: true }
}

/** What the caller has set beside a key: nothing, where the key is lent. */
export const beside = <Value>({ isLent }: Way, given: Value): Value | undefined =>
  isLent ? undefined : given

/** A variable of the owner of the key. */
export function variableBeside(env: Env, { isLent }: Way, name: string): string | undefined {
  if (!isOfTenants(env)) return env[name]
  return (isLent ? inheritedOf(env) : ownOf(env))[name]
}

/** Why there is no key, in words; `keyFrom` says where one may stand. */
export const noKey = (model: string, keyFrom: string, { isWithheld }: Way): string =>
  `The model "${model}" has no API key: set ${keyFrom}.${isWithheld ? withheld : ''}`

const withheld = ' The key of this server is not sent to an address that somebody else has set.'

const isOfTenants = (env: Env): boolean => (env as { [TENANTS]?: boolean })[TENANTS] === true

const first = (env: Env, names: readonly string[]): string | undefined =>
  names.map((name) => env[name]).find(Boolean)

const ownOf = (env: Env): Env => ({ ...env })

function inheritedOf(env: Env): Env {
  // The operator's own environment, without settings of users.
  return Object.hasOwn(env, TENANTS) ? env : (Object.getPrototypeOf(env) as Env)
}

/** Whether two addresses are the same place. */
function isSame(one: string | null | undefined, other: string): boolean {
  const [a, b] = [one ? URL.parse(one) : null, URL.parse(other)]
  if (!a || !b) return false
  const plain = ({ origin, pathname, username, password }: URL) =>
    [origin, pathname.endsWith('/') ? pathname.slice(0, -1) : pathname, username, password].join('\n')
  return plain(a) === plain(b) && a.search === b.search
}
