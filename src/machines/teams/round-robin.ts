import type { Selector } from './selector.ts'

/** Participants speak in the order in which they were named, over and over. The state is the index of the next. */
export const roundRobin: Selector<number> = {
  begin: () => 0,
  next: (index, participants) => ({
    speakers: [participants[index]!],
    state: (index + 1) % participants.length
  })
}
