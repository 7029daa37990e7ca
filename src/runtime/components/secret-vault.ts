import { createHash } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { TroupeError } from '../../protocol/errors.ts'
import { guest } from '../../protocol/guest.ts'
import type { Secrets } from '../store/store.ts'
import { presentName } from './providers.ts'
import { RecentSecrets } from './recent-secrets.ts'

const reference = /^secret:([0-9a-f-]{36})$/

/** Names of fields that hold secrets wherever they stand. */
const secretField =
  /^(api_?key|azure_ad_token|((access|auth|bearer|refresh|session)_?)?token|password|passwd|passphrase|client_secret|secret|secret_(access_)?key|private_key)$/i
/** Fields whose own fields have names of the config's author. */
const carrier = /^((default_|extra_)?headers|env)$/i
const secretName = /auth|key|token|secret|passw|passphrase|cookie|credential/i
/** What decides where a value is sent. */
const destination = /^(base_url|url|uri|endpoint|azure_endpoint|api_base|host|port|scheme|command|args)$/i

/** The most secrets that one value may hold, and how many are read before everything else gets a chance. */
const [MOST, AT_ONCE] = [2000, 16]
/** Characters of a place that is stored as it is. */
const LONGEST = 1000

/** A text that is not to be shown, where it stands, and where it may be sent. */
interface Spot {
  holder: Record<string, unknown>
  key: string
  value: string
  surroundings: Surroundings
}

/** The variables of a user that say where something is sent, by name. */
export type Addresses = Readonly<Record<string, string>>

/**
 * Keeps the secrets of components: outside of a run they are references `secret:<id>`, of use to their owner only, and
 * only as long as the component they stand in names the same address.
 */
export class SecretVault {
  readonly #secrets: Secrets
  readonly #addressesOf: (user: string) => Promise<Addresses>

  /** @param addressesOf the variables in a user's settings that say where something is sent */
  constructor(secrets: Secrets, addressesOf: (user: string) => Promise<Addresses> = async () => ({})) {
    this.#secrets = new RecentSecrets(secrets)
    this.#addressesOf = addressesOf
  }

  /** Puts references in the place of secrets; references that are not the owner's, or not for there, are left out. */
  seal<Value>(value: Value, owner: string | null): Promise<Value> | Value {
    return this.#change(value, owner, async (text, place) => {
      if (reference.test(text)) return (await this.#find(text, owner, place)) === undefined ? undefined : text
      return `secret:${await this.#secrets.put({ user_id: owner, place, value: text })}`
    })
  }

  /** Puts the secrets back. `owner` undefined: any owner, because authentication is off. */
  reveal<Value>(value: Value, owner: string | null | undefined): Promise<Value> | Value {
    return this.#change(value, owner, (text, place) =>
      reference.test(text) ? this.#find(text, owner, place) : Promise.resolve(text)
    )
  }

  /** Changes every secret in a copy; what has none is given back at once, as it is. */
  #change<Value>(
    value: Value,
    owner: string | null | undefined,
    to: (text: string, place: string) => Promise<string | undefined>
  ): Promise<Value> | Value {
    if (!mayHoldSecrets(value)) return value
    const copy = structuredClone(value)
    const spots = spotsOf(copy)
    return spots.length > 0 ? this.#changed(copy, spots, owner, to) : value
  }

  async #changed<Value>(
    copy: Value,
    spots: readonly Spot[],
    owner: string | null | undefined,
    to: (text: string, place: string) => Promise<string | undefined>
  ): Promise<Value> {
    // Settings say themselves where their keys may go.
    if (spots.length > MOST) throw new TroupeError('too_many_secrets', String(MOST))
    const addresses = addressesIn(copy) ?? (owner === null ? {} : await this.#addressesOf(owner ?? guest))
    // Many secrets stand beside one address, which may be long.
    const places = new Map<Surroundings, string>()
    for (const [i, { holder, key, value, surroundings }] of spots.entries()) {
      const place = places.get(surroundings) ?? placeOf(surroundings, addresses)
      places.set(surroundings, place)
      if (i % AT_ONCE === AT_ONCE - 1) await nextTurn()
      const text = await to(value, place)
      if (text !== undefined) holder[key] = text
      // An environment variable without a value would be none.
      else if (key === 'value') holder.value = ''
      else delete holder[key]
    }
    return copy
  }

  async #find(text: string, owner: string | null | undefined, place: string): Promise<string | undefined> {
    const secret = await this.#secrets.get(reference.exec(text)![1]!)
    const fits = secret?.place === place && (owner === undefined || secret.user_id === owner)
    return fits ? secret.value : undefined
  }
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

/** Names of variables that say where something is sent. */
const addressVariable = /_(BASE_URL|API_BASE|HOST|ENDPOINT|URL)$/

/** The variables by which a kind of component finds an address that its config does not name. */
const variablesOf: Readonly<Record<string, readonly string[]>> = {
  OpenAIChatCompletionClient: ['OPENAI_BASE_URL'],
  AnthropicChatCompletionClient: ['ANTHROPIC_BASE_URL'],
  AzureOpenAIChatCompletionClient: [],
  GeminiChatCompletionClient: [],
  OllamaChatCompletionClient: ['OLLAMA_HOST']
}

/** The variables among settings that say where something is sent; undefined where a value is no settings. */
export function addressesIn(value: unknown): Addresses | undefined {
  const { environment } = (value ?? {}) as { environment?: unknown }
  if (!Array.isArray(environment)) return undefined
  const named = environment.filter(
    (one): one is { name: string; value: unknown } =>
      typeof one?.name === 'string' && addressVariable.test(one.name) && (one.value ?? '') !== ''
  )
  return Object.fromEntries(named.map(({ name, value }) => [name, String(value)]))
}

/** Where a secret may be sent: by the component it stands in, its address or, without one, the user's variables. */
function placeOf({ provider, at }: Surroundings, addresses: Addresses): string {
  if (Object.keys(at).length > 0) return brief(JSON.stringify([provider, at]))
  const names = variablesOf[classOf(presentName(provider))] ?? Object.keys(addresses)
  const led = names.filter((name) => Object.hasOwn(addresses, name)).sort()
  return brief(JSON.stringify([provider, at, ...led.map((name) => [name, addresses[name]])]))
}

/** A text as it is or, where it is long, what stands for it and for no other. */
const brief = (text: string): string =>
  text.length <= LONGEST ? text : `sha256:${createHash('sha256').update(text).digest('hex')}`

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
      spots.push({ holder, key, value: item, surroundings: here })
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
