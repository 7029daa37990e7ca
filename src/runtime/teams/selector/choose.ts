import type { ModelMessage, SelectorEvent, TeamMessage } from '../../../machines/messages/index.ts'
import { repr } from '../../../machines/messages/python-repr.ts'
import type { Chosen } from '../../../machines/teams/selector.ts'
import { type ChosenBefore, candidatesOf } from '../../../machines/teams/selector-group-chat.ts'
import { type Effect, type Turn, wait } from '../../contract/agent.ts'
import { askModel } from '../../models/ask-model.ts'
import type { Model } from '../../models/model.ts'
import { mentionedIn } from './mentions.ts'
import { fillPrompt, type PromptParts, promptMessage } from './prompt.ts'

type Thread = readonly TeamMessage[]
type Maybe<Value> = Value | Promise<Value>

/** Names the next speaker; `null` leaves it to the model. */
export type SelectorFunction = (thread: Thread) => Maybe<string | null>
/** Names those among whom the model chooses. */
export type CandidateFunction = (thread: Thread) => Maybe<readonly string[]>

/** What a choice of the next speaker depends on. */
export interface ChoiceParts {
  model: Model
  prompt: string
  repeats: boolean
  attempts: number
  streams: boolean
  /** The name under which the choosing is shown, where it is shown. */
  manager: string
  shown: boolean
  roles: PromptParts['roles']
  pick?: SelectorFunction | null
  narrow?: CandidateFunction | null
  thread: Thread
  history: readonly ModelMessage[]
  before: ChosenBefore
}

type Script<Answer> = Generator<Effect, Answer, unknown>

/** Finds the next speaker: by function, or by asking a model until its answer names one. */
export function* chooseSpeaker(parts: ChoiceParts, turn: Turn): Script<Omit<Chosen, 'at'>> {
  const { before } = parts
  const picked = yield* pickSpeaker(parts)
  // As in AutoGen, one whom a function has named does not count as the previous speaker.
  if (picked !== null) return { state: before, speakers: [picked] }
  const candidates = yield* findCandidates(parts)
  const speaker = candidates.length > 1 ? yield* chooseByModel(parts, candidates, turn) : candidates[0]!
  return { state: { previous: speaker } satisfies ChosenBefore, speakers: [speaker] }
}

const namesOf = ({ roles }: ChoiceParts) => roles.map(({ name }) => name)

function* pickSpeaker(parts: ChoiceParts): Script<string | null> {
  const { pick, thread } = parts
  if (!pick) return null
  const name = yield* wait({ step: 'ask', perform: async () => (await pick(thread)) ?? null })
  if (name !== null) demandNames(parts, [name], 'Selector function returned an invalid speaker name')
  return name
}

function* findCandidates(parts: ChoiceParts): Script<readonly string[]> {
  const { narrow, thread, before, repeats } = parts
  if (!narrow) return candidatesOf(namesOf(parts), before, repeats)
  const names = yield* wait({ step: 'ask', perform: async () => narrow(thread) })
  if (!names?.length) throw new Error('Candidate function must return a non-empty list of participant names.')
  demandNames(parts, names, 'Candidate function returned invalid participant names')
  return names
}

function demandNames(parts: ChoiceParts, given: readonly string[], problem: string): void {
  const known = namesOf(parts)
  if (!given.every((name) => known.includes(name)))
    throw new Error(`${problem}: ${given.join(', ')}. Expected one of: ${known.join(', ')}.`)
}

function* chooseByModel(parts: ChoiceParts, candidates: readonly string[], turn: Turn): Script<string> {
  const { model, prompt, roles, history, attempts, before } = parts
  const asked = fillPrompt(prompt, { roles, participants: candidates, history })
  const messages = [promptMessage(model, asked)]
  for (let attempt = 0; attempt < attempts; attempt++) {
    const answer = yield* ask(parts, attempt === 0 ? 'ask' : 'askAgain', messages.slice(), turn)
    // Names that may not be chosen are looked for too, so that the feedback can say so.
    const named = mentionedIn(answer, namesOf(parts))
    const problem = problemOf(named, parts)
    if (!problem) return named[0]!
    messages.push(
      { type: 'AssistantMessage', content: answer, thought: null, source: 'selector' },
      { type: 'UserMessage', content: `${problem} ${repr(candidates)}.`, source: 'user' }
    )
  }
  return before.previous ?? candidates[0]!
}

function problemOf(named: readonly string[], { repeats, before }: ChoiceParts): string | undefined {
  if (named.length === 0) return 'No valid name was mentioned. Please select from:'
  if (named.length > 1) return 'Expected exactly one name to be mentioned. Please select only one from:'
  if (repeats || named[0] !== before.previous) return undefined
  return 'Repeated speaker is not allowed, please select a different name from:'
}

function* ask(
  { model, streams, shown, manager }: ChoiceParts,
  step: 'ask' | 'askAgain',
  messages: readonly ModelMessage[],
  turn: Turn
): Script<string> {
  const { content } = yield* wait({
    step,
    model,
    perform: (call) => {
      const onChunk = streams && shown ? (text: string) => turn.chunk(text, null) : undefined
      return askModel(model, { messages, stream: streams }, { ...call, onChunk })
    },
    replayed: () => model.replayed?.()
  })
  if (typeof content !== 'string')
    throw new Error('The model that was to select a speaker called tools instead.')
  if (streams && shown) turn.show<SelectorEvent>({ type: 'SelectorEvent', source: manager, content })
  return content
}
