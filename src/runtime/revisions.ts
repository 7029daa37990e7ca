/**
 * The revision of the machines, kept with every snapshot. It goes up whenever a snapshot written before could no
 * longer be restored.
 *
 * 1: the first.
 */
export const REVISION = 1
