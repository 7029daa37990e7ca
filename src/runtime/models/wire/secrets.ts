import { ModelError } from '../model-error.ts'

/** What no text about a call may show: the key, and what stands in the address and the headers. */
export function secretsOf(
  url: string,
  key: string,
  headers: Record<string, string> | null | undefined
): string[] {
  const { password, search } = new URL(url)
  const words = [...Object.values(headers ?? {}), password, search].flatMap((value) => [
    value,
    ...value.split(/\s+/)
  ])
  // A server may say back any word of them. Short values are no secrets, and hiding a "1" or "none" would garble texts.
  return [key, key.trim(), ...words].filter((word) => word.length >= 8)
}

/** Throws where an address of a model is none that can be called. */
export function demandHttp(url: string, field: string, model: string): void {
  if (/^https?:$/.test(URL.parse(url)?.protocol ?? '')) return
  throw new ModelError(`The ${field} of the model "${model}" is not an http or https address.`, { model })
}
