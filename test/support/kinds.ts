import { isFields } from './matcher.ts'

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
const isoTime = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?$/
const zone = /(Z|[+-]\d\d:?\d\d)$/

/** Whether a value is a UUID as text. */
export const isUuid = (value: unknown): boolean => isText(value) && uuid.test(value)

/** Whether a value is a time in ISO 8601, with or without a zone. */
export const isTime = (value: unknown): boolean =>
  isText(value) && isoTime.test(value) && !Number.isNaN(Date.parse(value))

/** Whether a value is a time in ISO 8601 with a zone. */
export const isZonedTime = (value: unknown): boolean => isTime(value) && zone.test(value as string)

/** Whether a value is a text. */
export const isText = (value: unknown): value is string => typeof value === 'string'

const isNumber = (value: unknown): value is number => typeof value === 'number'
const isBase64 = (value: unknown): boolean =>
  isText(value) && value.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(value)
const isImageUrl = (value: unknown): boolean =>
  isText(value) && /^data:image\/[^;,]+;base64,/.test(value) && isBase64(value.slice(value.indexOf(',') + 1))

/** What the placeholders without a number allow. */
export const kinds: Record<string, (value: unknown) => boolean> = {
  time: isTime,
  seconds: (value) => isNumber(value) && value >= 0,
  number: isNumber,
  text: (value) => isText(value) && value.trim() !== '',
  string: isText,
  boolean: (value) => typeof value === 'boolean',
  list: Array.isArray,
  object: isFields,
  any: () => true,
  'image url': isImageUrl,
  base64: isBase64
}

/** What the placeholders allow that stand for an identity, by their kind. */
export const identities: Record<string, (value: unknown) => boolean> = {
  run: Number.isInteger,
  session: Number.isInteger,
  team: Number.isInteger,
  row: Number.isInteger,
  gallery: Number.isInteger,
  settings: Number.isInteger,
  uuid: isUuid
}
