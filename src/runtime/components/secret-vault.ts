import type { Secrets } from '../store/store.ts'

const reference = /^secret:([0-9a-f-]{36})$/

/** Names of fields that hold secrets wherever they stand. */
const secretField =
  /^(api_?key|azure_ad_token|((access|auth|bearer|refresh|session)_?)?token|password|passwd|passphrase|client_secret|secret|secret_(access_)?key|private_key)$/i
/** Fields whose own fields have names of the config's author. */
const carrier = /^((default_|extra_)?headers|env)$/i
const secretName = /auth|key|token|secret|passw|passphrase|cookie|credential/i
/** What decides where a value is sent. */
const destination = /^(base_url|url|uri|endpoint|azure_endpoint|api_base|host|port|scheme|command|args)$/i

/** A text that is not to be shown, where it stands, and where it may be sent. */
interface Spot {
  holder: Record<string, unknown>
  key: string
  value: string
  place: string
}

/**
 * Keeps the secrets of components: outside of a run they are references `secret:<id>`, of use to their owner only, and
 * only as long as the component they stand in names the same address.
 */
export class SecretVault {
  readonly #secrets: Secrets

  constructor(secrets: Secrets) {
    this.#secrets = secrets
  }

  /** Puts references in the place of secrets; references that are not the owner's, or not for there, are left out. */
  seal<Value>(value: Value, owner: string | null): Promise<Value> | Value {
    return change(value, async ({ value: text, place }) => {
      if (reference.test(text)) return (await this.#find(text, owner, place)) === undefined ? undefined : text
      return `secret:${await this.#secrets.put({ user_id: owner, place, value: text })}`
    })
  }

  /** Puts the secrets back. `owner` undefined: any owner, because authentication is off. */
  reveal<Value>(value: Value, owner: string | null | undefined): Promise<Value> | Value {
    return change(value, ({ value: text, place }) =>
      reference.test(text) ? this.#find(text, owner, place) : Promise.resolve(text)
    )
  }

  async #find(text: string, owner: string | null | undefined, place: string): Promise<string | undefined> {
    const secret = await this.#secrets.get(reference.exec(text)![1]!)
    const fits = secret?.place === place && (owner === undefined || secret.user_id === owner)
    return fits ? secret.value : undefined
  }
}

/** Changes every secret in a copy; what has none is given back at once, as it is. */
function change<Value>(
  value: Value,
  to: (spot: Spot) => Promise<string | undefined>
): Promise<Value> | Value {
  return mayHoldSecrets(value) && spotsOf(value).length > 0 ? changed(structuredClone(value), to) : value
}

/** The names of all that may be a secret, wherever it stands. */
const suspicious = new RegExp([secretField, secretName, /^value$/].map(({ source }) => source).join('|'), 'i')

/** Whether any text has such a name: every start asks, and most components have none. */
function mayHoldSecrets(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (Array.isArray(value)) return value.some(mayHoldSecrets)
  for (const key in value) {
    const item = (value as Record<string, unknown>)[key]
    if (typeof item === 'string' ? suspicious.test(key) : mayHoldSecrets(item)) return true
  }
  return false
}

async function changed<Value>(copy: Value, to: (spot: Spot) => Promise<string | undefined>): Promise<Value> {
  for (const spot of spotsOf(copy)) {
    const text = await to(spot)
    if (text !== undefined) spot.holder[spot.key] = text
    // An environment variable without a value would be none.
    else if (spot.key === 'value') spot.holder.value = ''
    else delete spot.holder[spot.key]
  }
  return copy
}

interface Surroundings {
  /** The provider of the component, and what its config says of the address. */
  provider: string
  at: Record<string, unknown>
  carried: boolean
}

function spotsOf(value: unknown): Spot[] {
  const spots: Spot[] = []
  collect(value, { provider: '', at: {}, carried: false }, spots)
  return spots
}

function collect(value: unknown, around: Surroundings, spots: Spot[]): void {
  if (typeof value !== 'object' || value === null) return
  if (Array.isArray(value)) {
    for (const item of value) collect(item, around, spots)
    return
  }
  const holder = value as Record<string, unknown>
  const here = surroundings(holder, around)
  for (const [key, item] of Object.entries(holder)) {
    if (typeof item === 'string' && item !== '' && isSecret(key, holder, around)) {
      spots.push({ holder, key, value: item, place: JSON.stringify([here.provider, here.at]) })
    } else collect(item, { ...here, carried: carrier.test(key) }, spots)
  }
}

const isSecret = (key: string, holder: Record<string, unknown>, { carried }: Surroundings): boolean =>
  secretField.test(key) || (carried && secretName.test(key)) || (key === 'value' && holder.type === 'secret')

/** Components go by several names, which end alike. */
const classOf = (provider: string): string => provider.slice(provider.lastIndexOf('.') + 1)

function surroundings(holder: Record<string, unknown>, around: Surroundings): Surroundings {
  const isComponent = typeof holder.provider === 'string' && typeof holder.config === 'object'
  if (isComponent) return { provider: classOf(holder.provider as string), at: {}, carried: false }
  if (around.carried) return around
  const own = Object.entries(holder).filter(
    ([key, item]) => destination.test(key) && item !== null && item !== ''
  )
  if (own.length === 0) return around
  const at = { ...around.at, ...Object.fromEntries(own) }
  return { ...around, at: Object.fromEntries(Object.entries(at).sort(([a], [b]) => (a < b ? -1 : 1))) }
}
