import { readFileSync } from 'node:fs'
import { PriceList } from './prices.ts'

const file = new URL('../../../prices.json', import.meta.url)
let own: PriceList | undefined

/** The prices that come with Troupe, read when they are first asked for. */
export function ownPrices(): PriceList {
  own ??= PriceList.parse(JSON.parse(readFileSync(file, 'utf8')))
  return own
}
