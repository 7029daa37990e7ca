import { readFileSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { explain } from '../../protocol/errors.ts'
import * as answers from '../../protocol/rest-answers.ts'
import { PriceList } from '../../runtime/models/prices.ts'
import type { Logger } from '../../runtime/shared/logger.ts'
import { ok } from '../http/http.ts'
import { type Route, route } from '../http/route.ts'

/** The prices that come with Troupe. */
const OWN_FILE = fileURLToPath(new URL('../../../prices.json', import.meta.url))

/** What models cost: the operator's file before the one that comes with Troupe. A file that changes is read again. */
export class Prices {
  readonly #file: string | undefined
  readonly #log: Logger
  readonly #own: PriceList
  #given: PriceList | null = null
  /** Of which moment the file is that was read, in milliseconds since 1970. */
  #readAt = 0

  /**
   * @param file JSON or YAML; only the prices that come with Troupe without it
   * @throws where the file cannot be read or does not fit, with the place and the reason
   */
  constructor(file: string | undefined, log: Logger) {
    this.#file = file
    this.#log = log
    this.#own = readPrices(OWN_FILE, JSON.parse)
    if (file !== undefined) this.#read(file)
  }

  /** The prices as they are now. A file that was broken meanwhile changes nothing. */
  list(): PriceList {
    if (this.#file !== undefined) this.#readAgain(this.#file)
    const { models, ...rest } = this.#given ?? this.#own
    // Amounts of two lists can stand in one only if they mean the same.
    const isAlike = rest.currency === this.#own.currency && rest.per_tokens === this.#own.per_tokens
    return { ...rest, models: this.#given && isAlike ? [...models, ...this.#own.models] : models }
  }

  #readAgain(file: string): void {
    try {
      if (statSync(file).mtimeMs !== this.#readAt) this.#read(file)
    } catch (error) {
      this.#log.warn({ err: error }, 'the prices stay as they were')
    }
  }

  #read(file: string): void {
    const { mtimeMs } = statSync(file, { throwIfNoEntry: false }) ?? { mtimeMs: 0 }
    // Whatever stands there: it is read once, and said once what is wrong with it.
    this.#readAt = mtimeMs
    this.#given = readPrices(file, yaml())
  }
}

/** What reads YAML; loaded only where an operator has a file. */
const yaml = () => (createRequire(import.meta.url)('yaml') as typeof import('yaml')).parse

/** Reads a file of prices; the error names the file, the place and the reason. */
function readPrices(file: string, parse: (text: string) => unknown): PriceList {
  let value: unknown
  try {
    value = parse(readFileSync(file, 'utf8'))
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code ?? (error as Error).message
    throw new Error(`The prices "${file}" cannot be read: ${why}`)
  }
  const parsed = PriceList.safeParse(value)
  if (!parsed.success) throw new Error(`The prices "${file}" do not fit:\n${explain(parsed.error)}`)
  return parsed.data
}

export interface PriceServices {
  prices: Prices
}

/** `/api/prices`: what models cost. */
export const priceRoutes = ({ prices }: PriceServices): Route[] => [
  route('GET', '/api/prices', { answer: answers.Prices }, () => ok(prices.list()))
]
