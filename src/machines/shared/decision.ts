/** What a person says to a tool call that is to be approved. */
export interface Decision {
  approved: boolean
  /** Why not; the model gets it as the tool result. */
  reason?: string
}

const yes = new Set(['y', 'yes', 'ok', 'okay', 'approve', 'approved', 'true'])
const no = new Set(['', 'n', 'no', 'reject', 'rejected', 'deny', 'denied', 'false'])
/** A longer text is no such word, whatever stands around it. */
const LONGEST = 100

/** A text as a decision, for clients that can answer with texts only: what is no consent is the reason why not. */
export function decisionOf(text: string): Decision {
  const word = text.length > LONGEST ? text.trim() : text.replace(/\W/g, ' ').trim().toLowerCase()
  if (yes.has(word)) return { approved: true }
  return no.has(word) ? { approved: false } : { approved: false, reason: text }
}
