/** What helps against an error, by its text; the first that fits counts. */
const KNOWN: readonly (readonly [pattern: RegExp, advice: string])[] = [
  [
    /no more mock responses/i,
    'The prepared answers of this replay model are used up: give it more, or end the team sooner.'
  ],
  [
    /api[ _-]?key|unauthori[sz]ed|\b401\b|authentication|invalid x-api-key/i,
    'Check the API key: in the model’s config, in the user’s settings, or in the environment of the server.'
  ],
  [
    /\b403\b|forbidden|permission/i,
    'The service knows the key but does not allow this: check what the key may do.'
  ],
  [
    /rate.?limit|too many requests|\b429\b|quota|insufficient_quota/i,
    'The service takes no more requests for now: wait and retry, or raise the limit or the quota there.'
  ],
  [
    /context.?length|maximum context|too many tokens|prompt is too long|string too long/i,
    'The conversation is longer than the model takes: give the agent a buffered or token-limited model context, or a model that takes more.'
  ],
  [
    /model[^.]{0,200}(not found|not exist)|\b404\b|unknown model/i,
    'Check the model’s name and the address (base_url): the service does not know it.'
  ],
  [
    /econnrefused|connect(ion)? (error|refused)|fetch failed|enotfound|eai_again|econnreset|network|socket hang up/i,
    'The service cannot be reached: is it running, and is the address (base_url, host, url) right?'
  ],
  [
    /tim(ed? ?|e-?)out|took too long|deadline/i,
    'It took too long: retry, raise the time-out, or ask for less at once.'
  ],
  [
    /json|parse|schema|invalid.{0,200}format|structured/i,
    'The answer did not have the form that was asked for: a stronger model, or a clearer prompt, helps most.'
  ],
  [/tool/i, 'Look at what the tool was called with and what it gave, in the call below.'],
  [/content.?(filter|policy)|safety|refus/i, 'The service did not want to answer this: change the prompt.']
]

const BY_CODE: Readonly<Record<string, string>> = {
  bad_component: 'Correct the team file at the places that are named, and start it again.',
  unknown_provider: 'Use a component that this server knows, and start the team again.',
  too_many_participants: 'Divide the team: members may be teams themselves.',
  input_timeout:
    'No answer came before the time was up. Retry from here and answer, or give more time (input.timeout_s).',
  bad_state: 'The saved state is not one of this team: begin with another one, or without.',
  cannot_go_on: 'Fork the run from an earlier turn, or start it again.',
  log_does_not_fit: 'Fork the run from an earlier turn, or start it again.'
}

/** What is likely to help against an error; null where nothing is known. */
export function adviceFor(message: string, code: string | null): string | null {
  const known = code === null ? undefined : BY_CODE[code]
  return known ?? KNOWN.find(([pattern]) => pattern.test(message))?.[1] ?? null
}
