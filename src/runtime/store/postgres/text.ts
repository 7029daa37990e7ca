// PostgreSQL keeps no NUL in a text. It is written as the mark and a 0, and the mark itself as the mark and a 1.
const MARK = '\u0001'

/** A text as PostgreSQL can keep it; nearly every text is unchanged. Lone surrogates become U+FFFD when it is sent. */
export const encodeText = (text: string): string =>
  text.includes('\0') || text.includes(MARK)
    ? text.replaceAll(MARK, `${MARK}1`).replaceAll('\0', `${MARK}0`)
    : text

/** The text that was encoded. */
export const decodeText = (text: string): string =>
  text.includes(MARK) ? text.replaceAll(`${MARK}0`, '\0').replaceAll(`${MARK}1`, MARK) : text

/** A `timestamptz` as PostgreSQL writes it in UTC (`2030-01-01 00:00:00.5+00`), in ISO 8601 with milliseconds at least. */
export function isoOf(written: string): string {
  const [date, time] = written.replace(/\+00$/, '').split(' ') as [string, string]
  const [seconds, fraction = ''] = time.split('.') as [string, string?]
  return `${date}T${seconds}.${fraction.padEnd(3, '0')}Z`
}
