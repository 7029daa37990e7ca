/** The fields of an object of which nothing is known. */
export type Fields = Record<string, unknown>

/** The fields of a value; none where it is no object. */
export const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {}

/** A value as a list: of several things, one, or none. */
export const listOf = (value: unknown): unknown[] =>
  Array.isArray(value) ? value : value === undefined || value === null ? [] : [value]

/** The first of some values that is a text with something in it; an empty one where none is. */
export const textOf = (...values: unknown[]): string =>
  String(values.find((value) => typeof value === 'string' && value !== '') ?? '')

/** The last part of a provider: `AssistantAgent`. */
export const kindOf = (provider: unknown): string => textOf(provider).split('.').at(-1) ?? ''
