import type { ComponentModel } from '../../machines/component/component.ts'

/** The name of a team in addresses: `config.name`, else its label, in lower case; other signs become `-`. May be empty. */
export function slugOf({ config, label }: ComponentModel): string {
  const { name } = (config ?? {}) as { name?: unknown }
  const given = [name, label].find((one): one is string => typeof one === 'string' && one.trim() !== '')
  return (given ?? '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-|-$/g, '')
}
