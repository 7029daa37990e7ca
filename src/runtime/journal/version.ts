/**
 * The revision of what is kept of a run, stored with its state. It goes up whenever a program that knows only the one
 * before could not go on with the run.
 *
 * 1: the first.
 * 2: the end of a turn may stand in the row of the effect that has brought it.
 */
export const JOURNAL_VERSION = 2
