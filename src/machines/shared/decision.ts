/** What a person says to a tool call that is to be approved. */
export interface Decision {
  approved: boolean
  /** Why not: the model is told. */
  reason?: string
}

const yes = /^\W*(y|yes|ok|okay|approve|approved|true)\W*$/i
const no = /^\W*(n|no|reject|rejected|deny|denied|false)?\W*$/i

/** A text as a decision, for clients that can answer with texts only: what is no consent is the reason why not. */
export function decisionOf(text: string): Decision {
  if (yes.test(text)) return { approved: true }
  return no.test(text) ? { approved: false } : { approved: false, reason: text }
}
