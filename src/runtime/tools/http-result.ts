import { repr } from '../../machines/messages/python-repr.ts'

type Reviver = (key: string, value: unknown, context?: { source?: string }) => unknown

// A service's number of an order may have 19 digits, and JavaScript would round it.
const revive: Reviver = (_key, value, context) => {
  const source = context?.source ?? ''
  return typeof value === 'number' && !Number.isSafeInteger(value) && /^-?\d+$/.test(source)
    ? BigInt(source)
    : value
}

/** A value as AutoGen writes it into a path, a query or a result: as Python's `str` does. */
export const pythonText = (value: unknown): string => (typeof value === 'string' ? value : repr(value))

/** A JSON answer as the text that a model is given. Throws where it is no JSON. */
export function jsonResult(text: string): string {
  try {
    return pythonText(JSON.parse(text, revive as (key: string, value: unknown) => unknown))
  } catch (error) {
    throw new Error(`The answer is not JSON: ${(error as Error).message}`)
  }
}
