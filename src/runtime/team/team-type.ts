import type { Selector } from '../../machines/teams/selector.ts'

/** What makes one type of team different from another. */
export interface TeamType<State = unknown> {
  name: string
  description: string
  /** The name of its manager in events and saved states. */
  manager: string
  selector: Selector<State>
  /** Whether teams of this type come to an end by themselves: they need neither a condition nor a limit of turns. */
  endsItself?: boolean
  /** The names of options that its teams have besides those of all teams. */
  options?: readonly string[]
  /** The `type` of its manager's saved state, and what of the selector's state stands in it under AutoGen's names. */
  state: {
    type: string
    save(state: State): Record<string, unknown>
    /** Throws where a field is missing or wrong. */
    load(fields: Record<string, unknown>, names: readonly string[]): State
  }
}
