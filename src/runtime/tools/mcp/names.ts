import type { ToolSchema } from '../../models/model.ts'

/** What the services take as the name of a tool. */
const LONGEST = 64
const strange = /[^A-Za-z0-9_-]+/g

/**
 * Tools under names that models take: servers may use dots, spaces, slashes and other letters, services do not. A tool
 * whose name is taken as it is keeps it; two that become the same are told apart by a number.
 */
export class ModelNames {
  readonly #own = new Map<string, string>()

  /** The tools under the names that models are shown. */
  show(tools: readonly ToolSchema[]): ToolSchema[] {
    const taken = new Set(tools.map(({ name }) => name).filter((name) => nameFor(name) === name))
    this.#own.clear()
    return tools.map((tool) => {
      const plain = nameFor(tool.name)
      if (plain === tool.name) return tool
      const name = unused(plain, taken)
      taken.add(name)
      this.#own.set(name, tool.name)
      return { ...tool, name }
    })
  }

  /** The name that a tool goes by at its server. */
  original(name: string): string {
    return this.#own.get(name) ?? name
  }
}

function nameFor(name: string): string {
  const plain = name.replace(strange, '_').slice(0, LONGEST)
  // Some services want a letter first.
  return /^[A-Za-z_]/.test(plain) ? plain : `_${plain}`.slice(0, LONGEST)
}

function unused(name: string, taken: ReadonlySet<string>): string {
  if (!taken.has(name)) return name
  for (let n = 2; ; n++) {
    const other = `${name.slice(0, LONGEST - String(n).length - 1)}_${n}`
    if (!taken.has(other)) return other
  }
}
