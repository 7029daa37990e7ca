import { z } from 'zod'
import type { ToolSchema } from '../models/model.ts'

/** Other names and descriptions for tools, by the tool's own name. Source: autogen-core `ToolOverride`. */
export const Overrides = z
  .record(z.string(), z.looseObject({ name: z.string().nullish(), description: z.string().nullish() }))
  .default(() => ({}))
export type Overrides = z.infer<typeof Overrides>

/** Shows tools under other names, and finds them under these. */
export class Guise {
  readonly #overrides: Overrides
  readonly #originals = new Map<string, string>()

  /** `existing`: the names of the tools, where they are known beforehand. */
  constructor(overrides: Overrides, existing: readonly string[] = []) {
    this.#overrides = overrides
    for (const [original, { name }] of Object.entries(overrides)) {
      if (!name || name === original) continue
      const other = this.#originals.get(name)
      if (existing.includes(name))
        throw new Error(`Tool override name '${name}' conflicts with existing tool name.`)
      if (other) {
        throw new Error(
          `Tool override name '${name}' is used by multiple tools: '${other}' and '${original}'.`
        )
      }
      this.#originals.set(name, original)
    }
  }

  show(schema: ToolSchema): ToolSchema {
    const override = Object.hasOwn(this.#overrides, schema.name) ? this.#overrides[schema.name] : undefined
    if (!override) return schema
    const { name, description } = override
    return { ...schema, name: name ?? schema.name, description: description ?? schema.description }
  }

  original(name: string): string {
    return this.#originals.get(name) ?? name
  }
}
