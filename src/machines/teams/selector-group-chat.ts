import type { Selector } from './selector.ts'

/** What a team whose speakers are chosen by a model remembers: whom it chose last. */
export interface ChosenBefore {
  previous: string | null
}

/** How a model's choice is limited. */
export interface ChoiceRules {
  /** Whether the same participant may speak twice in a row. */
  repeats: boolean
  /** Whether functions have a say too, so that there is something to ask even where one candidate is left. */
  functions: boolean
}

/** Who may be chosen. */
export const candidatesOf = (
  participants: readonly string[],
  { previous }: ChosenBefore,
  repeats: boolean
): string[] => participants.filter((name) => repeats || name !== previous)

/** A model or a function chooses the next speaker, unless only one candidate is left. */
export const selectorGroupChat = ({ repeats, functions }: ChoiceRules): Selector<ChosenBefore> => ({
  choice: 'selectorChoice',
  begin: () => ({ previous: null }),
  next(state, participants) {
    const [first, ...others] = candidatesOf(participants, state, repeats)
    if (functions || others.length > 0) return { state, ask: true }
    return { state: { previous: first! }, speakers: [first!] }
  }
})
