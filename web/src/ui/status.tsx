import type { Words } from '../model/words.ts'

/** A status with its colour; the dot beats while something is going on. */
export const Status = ({ words, strong }: { words: Words; strong?: boolean }) => (
  <span className={`status tone-${words.tone}${strong ? ' strong' : ''}`}>
    <span className="dot" aria-hidden="true" />
    <span className="status-text">{words.text}</span>
  </span>
)
