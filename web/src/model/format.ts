/** A time span, coarsely: `4 s`, `3 min`. */
export function span(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000))
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h`
  return `${Math.floor(seconds / 86_400)} d`
}

/** How long something took: `320 ms`, `4.2 s`, `3 min 5 s`, `2 h 10 min`. */
export function duration(milliseconds: number): string {
  const whole = Math.max(0, milliseconds)
  if (whole < 999.5) return `${Math.round(whole)} ms`
  if (whole < 59_950) return `${(whole / 1000).toFixed(1)} s`
  const seconds = Math.round(whole / 1000)
  if (seconds < 3600) return two(Math.floor(seconds / 60), 'min', seconds % 60, 's')
  const minutes = Math.round(seconds / 60)
  if (minutes < 1440) return two(Math.floor(minutes / 60), 'h', minutes % 60, 'min')
  const hours = Math.round(minutes / 60)
  return two(Math.floor(hours / 24), 'd', hours % 24, 'h')
}

const two = (large: number, unit: string, small: number, smaller: string): string =>
  small === 0 ? `${large} ${unit}` : `${large} ${unit} ${small} ${smaller}`

// A formatter is made once: that takes a hundred times as long as to use it.
const timeOfDay = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' })
const dateAndTime = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeStyle: 'medium' })
const dayAndMonth = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long' })
const dayOfYear = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric' })

/** A time of day, with milliseconds where they matter. */
export const clockTime = (at: number, fine = false): string =>
  fine ? `${timeOfDay.format(at)}.${String(at % 1000).padStart(3, '0')}` : timeOfDay.format(at)

/** A date with its time, whole. */
export const dateTime = (at: number): string => dateAndTime.format(at)

/** How long ago something was, in words: `just now`, `5 min ago`, `yesterday`, `3 March`. */
export function ago(at: number, now: number): string {
  const seconds = Math.round((now - at) / 1000)
  if (seconds < 5) return 'just now'
  if (seconds < 60) return `${seconds} s ago`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`
  if (seconds < 2 * 86_400) return 'yesterday'
  if (seconds < 7 * 86_400) return `${Math.floor(seconds / 86_400)} days ago`
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear()
  return (sameYear ? dayAndMonth : dayOfYear).format(at)
}

const whole = new Intl.NumberFormat('en-US')
const short = new Intl.NumberFormat('en-US', { notation: 'compact', maximumSignificantDigits: 3 })

/** A number as people read it: `1,116`. */
export const count = (value: number): string => whole.format(value)

/** A number in few letters: `1,116`, `13.4K`, `2.1M`. */
export const brief = (value: number): string => (value < 10_000 ? whole.format(value) : short.format(value))

/** So many of something: `1 message`, `2 messages`. */
export const plural = (value: number, one: string, many = `${one}s`): string =>
  `${count(value)} ${value === 1 ? one : many}`

/** An amount of money, small ones too: `$0.0042`, `$1.37`. */
export function money(amount: number, currency: string): string {
  const { small, large } = moneyFormats.get(currency) ?? formatsOf(currency)
  return (amount !== 0 && Math.abs(amount) < 0.995 ? small : large).format(amount)
}

interface MoneyFormats {
  small: Intl.NumberFormat
  large: Intl.NumberFormat
}

const moneyFormats = new Map<string, MoneyFormats>()

/** How amounts of a currency are written. */
function formatsOf(currency: string): MoneyFormats {
  const style = { style: 'currency', currency, currencyDisplay: 'narrowSymbol' } as const
  const formats = {
    small: new Intl.NumberFormat('en-US', { ...style, maximumSignificantDigits: 2 }),
    large: new Intl.NumberFormat('en-US', { ...style, maximumFractionDigits: 2 })
  }
  moneyFormats.set(currency, formats)
  return formats
}

const listed = new Intl.ListFormat('en', { type: 'conjunction' })

/** Names as a person would list them; of many the first ones. */
export function list(names: readonly string[], most = Number.POSITIVE_INFINITY): string {
  if (names.length <= most) return listed.format(names)
  return listed.format([...names.slice(0, most - 1), `${names.length - most + 1} others`])
}

/** A text in one line, cut at a length. */
export function oneLine(text: string, most: number): string {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length > most ? `${line.slice(0, most - 1).trimEnd()}…` : line
}
