import { z } from 'zod'
import { type ComponentType, type Nested, remember } from '../../machines/component/component.ts'
import { isChat } from '../../machines/messages/index.ts'
import type { Chosen } from '../../machines/teams/selector.ts'
import { type ChosenBefore, selectorGroupChat } from '../../machines/teams/selector-group-chat.ts'
import { heardByModel } from '../agents/heard.ts'
import { type ModelContext, unbounded } from '../contexts/index.ts'
import type { Agent, Effect, Turn } from '../contract/agent.ts'
import type { ContextOfMembers, OutputOfMembers } from '../contract/typing.ts'
import type { Model } from '../models/model.ts'
import { Team, type TeamOptions, type TeamType } from '../team/team.ts'
import { read } from '../team/team-state.ts'
import { emit_team_events, fieldsOf, optionsOf, teamFields } from './config.ts'
import { type ModelOption, modelOptionNames, readModelArguments } from './model-argument.ts'
import { type CandidateFunction, chooseSpeaker, type SelectorFunction } from './selector/choose.ts'
import { fillPrompt, usualPrompt } from './selector/prompt.ts'

/** What a team whose speakers are chosen by a model may be told. */
export interface SelectorOptions extends TeamOptions {
  /** May name `{roles}`, `{participants}` and `{history}`. */
  selectorPrompt?: string
  /** Off by default. */
  allowRepeatedSpeaker?: boolean
  /** How often the model is asked before the previous speaker is taken; 3 by default. */
  maxSelectorAttempts?: number
  /** Comes before the model. A team with functions cannot be written as JSON. */
  selectorFunc?: SelectorFunction
  candidateFunc?: CandidateFunction
  modelClientStreaming?: boolean
  /** What of the conversation stands in the prompt; by default all. */
  modelContext?: ModelContext | null
}

const Config = (nested: Nested) =>
  z.looseObject({
    ...teamFields(nested),
    participants: z.array(nested<Agent>('agent', 'team')),
    model_client: nested<Model>('model'),
    selector_prompt: z.string().default(usualPrompt),
    allow_repeated_speaker: z.boolean().default(false),
    max_selector_attempts: z.int().default(3),
    emit_team_events,
    model_client_streaming: z.boolean().default(false),
    model_context: nested<ModelContext>('chat_completion_context').nullish()
  })
type Config = z.infer<ReturnType<typeof Config>>

const Previous = z.string().nullable().default(null)

const optionNames: readonly (keyof SelectorOptions)[] = [
  ...(['selectorPrompt', 'allowRepeatedSpeaker', 'maxSelectorAttempts', 'selectorFunc'] as const),
  ...(['candidateFunc', 'modelClientStreaming', 'modelContext'] as const)
]

const typeOf = (repeats: boolean, functions: boolean): TeamType<ChosenBefore> => ({
  name: 'SelectorGroupChat',
  description: 'A team whose next speaker is chosen by a model.',
  manager: 'SelectorGroupChatManager',
  selector: selectorGroupChat({ repeats, functions }),
  options: [...optionNames, ...modelOptionNames],
  state: {
    type: 'SelectorManagerState',
    save: ({ previous }) => ({ previous_speaker: previous }),
    load: ({ previous_speaker }) => ({ previous: read(Previous, previous_speaker, 'previous_speaker') })
  }
})

/** A team whose next speaker is chosen by a model, or by functions. */
export class SelectorGroupChat<const Members extends readonly Agent[] = readonly Agent[]> extends Team<
  OutputOfMembers<Members>,
  ContextOfMembers<Members>
> {
  readonly #model: Model
  readonly #context: ModelContext
  readonly #prompt: string
  readonly #options: SelectorOptions

  constructor(participants: Members, options: SelectorOptions & ModelOption)
  constructor(participants: Members, model: Model, options?: SelectorOptions)
  constructor(
    participants: Members,
    first: Model | (SelectorOptions & ModelOption),
    second?: SelectorOptions
  ) {
    const { model, options } = readModelArguments('SelectorGroupChat', first, second)
    const { selectorFunc, candidateFunc, allowRepeatedSpeaker = false, modelContext } = options
    super(typeOf(allowRepeatedSpeaker, Boolean(selectorFunc ?? candidateFunc)), participants, options)
    if (participants.length < 2)
      throw new Error('At least two participants are required for SelectorGroupChat.')
    this.#model = model
    this.#context = modelContext ?? unbounded()
    this.#prompt = options.selectorPrompt ?? usualPrompt
    this.#options = options
    const config = {
      ...fieldsOf(this, participants, options),
      model_client: model,
      selector_prompt: this.#prompt,
      allow_repeated_speaker: allowRepeatedSpeaker,
      max_selector_attempts: options.maxSelectorAttempts ?? 3,
      emit_team_events: this.emitTeamEvents,
      model_client_streaming: options.modelClientStreaming ?? false,
      model_context: modelContext,
      ...(selectorFunc && { selector_func: selectorFunc }),
      ...(candidateFunc && { candidate_func: candidateFunc })
    }
    remember(selectorGroupChatTeam, config, this)
  }

  override async close(): Promise<void> {
    this.#model.close?.()
    await super.close()
  }

  override check(): void {
    super.check()
    fillPrompt(this.#prompt, { roles: [], participants: [], history: [] })
  }

  override *choose(turn: Turn): Generator<Effect, Omit<Chosen, 'at'>, unknown> {
    const { allowRepeatedSpeaker, maxSelectorAttempts, modelClientStreaming } = this.#options
    const thread = this.thread.slice()
    const parts = {
      model: this.#model,
      prompt: this.#prompt,
      repeats: allowRepeatedSpeaker ?? false,
      attempts: maxSelectorAttempts ?? 3,
      streams: modelClientStreaming ?? false,
      manager: this.manager,
      shown: this.emitTeamEvents,
      roles: [...this.participants.values()].map(({ agent: { name, description } }) => ({
        name,
        description
      })),
      pick: this.#options.selectorFunc,
      narrow: this.#options.candidateFunc,
      thread,
      history: this.#context.toSend(thread.filter(isChat).flatMap(heardByModel)),
      before: this.progress.selector as ChosenBefore
    }
    return yield* chooseSpeaker(parts, turn)
  }
}

/** The component type of teams whose speakers are chosen by a model. */
export const selectorGroupChatTeam: ComponentType<SelectorGroupChat, Config> = {
  provider: 'autogen_agentchat.teams.SelectorGroupChat',
  kind: 'team',
  version: 1,
  description: 'A team whose next speaker is chosen by a model.',
  config: Config,
  create: ({ participants, model_client, ...config }) =>
    new SelectorGroupChat(participants, model_client, {
      ...optionsOf(config),
      selectorPrompt: config.selector_prompt,
      allowRepeatedSpeaker: config.allow_repeated_speaker,
      maxSelectorAttempts: config.max_selector_attempts,
      modelClientStreaming: config.model_client_streaming,
      modelContext: config.model_context
    })
}
