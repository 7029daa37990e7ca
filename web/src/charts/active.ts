/** The ids of the states in which a chart is, outer ones too: `run`, `run.running`, `run.running.active`. */
export function activeStates(machine: string, value: unknown): ReadonlySet<string> {
  const active = new Set<string>([machine])
  const visit = (at: string, inner: unknown): void => {
    if (typeof inner === 'string') active.add(`${at}.${inner}`)
    else if (typeof inner === 'object' && inner !== null) {
      for (const [key, deeper] of Object.entries(inner)) {
        active.add(`${at}.${key}`)
        visit(`${at}.${key}`, deeper)
      }
    }
  }
  visit(machine, value)
  return active
}
