import { z } from 'zod'
import { type ComponentType, type Nested, remember } from '../../machines/component/component.ts'
import { magenticOne, type TaskLedger } from '../../machines/teams/magentic-one.ts'
import type { Chosen } from '../../machines/teams/selector.ts'
import type { Agent, Effect, Turn } from '../contract/agent.ts'
import type { ContextOfMembers, OutputOfMembers } from '../contract/typing.ts'
import type { Model } from '../models/model.ts'
import { Team, type TeamOptions, type TeamType } from '../team/team.ts'
import { maxTurnsIn } from '../team/team-options.ts'
import { read } from '../team/team-state.ts'
import { demandAgents, emit_team_events, fieldsOf, optionsOf, teamFields } from './config.ts'
import { Orchestrator, type OrchestratorParts } from './magentic/orchestrator.ts'
import { usualAnswerPrompt } from './magentic/prompts.ts'
import { type ModelOption, modelOptionNames, readModelArguments } from './model-argument.ts'
import { rosterOf } from './roster.ts'

/** What a MagenticOne team may be told; its `maxTurns` is 20 unless told, and `null` is no limit. */
export interface MagenticOptions extends TeamOptions {
  /** How often there may be no progress before a new plan is made; 3 by default. */
  maxStalls?: number
  /** `{task}` stands for the task. */
  finalAnswerPrompt?: string
}

const Config = (nested: Nested) =>
  z.looseObject({
    ...teamFields(nested),
    participants: z.array(nested<Agent>('agent')),
    model_client: nested<Model>('model'),
    max_stalls: z.int().default(3),
    final_answer_prompt: z.string().default(usualAnswerPrompt),
    emit_team_events
  })
type Config = z.infer<ReturnType<typeof Config>>

const State = z.looseObject({
  task: z.string().default(''),
  facts: z.string().default(''),
  plan: z.string().default(''),
  n_rounds: z.int().nonnegative().default(0),
  n_stalls: z.int().nonnegative().default(0)
})

const type: TeamType<TaskLedger> = {
  name: 'MagenticOneGroupChat',
  description:
    'A team whose orchestrator plans, keeps track of the progress and says what is to be done next.',
  manager: 'MagenticOneOrchestrator',
  selector: magenticOne,
  endsItself: true,
  options: ['maxStalls', 'finalAnswerPrompt', ...modelOptionNames],
  state: {
    type: 'MagenticOneOrchestratorState',
    save: ({ task, facts, plan, rounds, stalls }) => ({
      ...{ task, facts, plan },
      n_rounds: rounds,
      n_stalls: stalls
    }),
    load(fields) {
      const { n_rounds, n_stalls, ...known } = read(State, fields, 'MagenticOneOrchestrator')
      const { task, facts, plan } = known
      return { task, facts, plan, planned: plan !== '', rounds: n_rounds, stalls: n_stalls }
    }
  }
}

/** A team of agents whose orchestrator plans, keeps track of the progress and says what is to be done next. */
export class MagenticOneGroupChat<const Members extends readonly Agent[] = readonly Agent[]> extends Team<
  OutputOfMembers<Members>,
  ContextOfMembers<Members>
> {
  readonly heardOnly = true
  readonly #parts: OrchestratorParts

  constructor(participants: Members, options: MagenticOptions & ModelOption)
  constructor(participants: Members, model: Model, options?: MagenticOptions)
  constructor(
    participants: Members,
    first: Model | (MagenticOptions & ModelOption),
    second?: MagenticOptions
  ) {
    const { model, options } = readModelArguments('MagenticOneGroupChat', first, second)
    demandAgents(participants, type.name)
    // The orchestrator counts rounds itself.
    super(type, participants, { ...options, maxTurns: null })
    const { maxTurns: given = 20, maxStalls = 3, finalAnswerPrompt = usualAnswerPrompt } = options
    const maxTurns = maxTurnsIn({ maxTurns: given })
    this.#parts = {
      model,
      manager: this.manager,
      names: this.definition.names,
      roster: rosterOf(participants),
      maxTurns,
      maxStalls,
      answerPrompt: finalAnswerPrompt
    }
    const config = {
      ...fieldsOf(this, participants, { ...options, maxTurns }),
      model_client: model,
      max_stalls: maxStalls,
      final_answer_prompt: finalAnswerPrompt,
      emit_team_events: this.emitTeamEvents
    }
    remember(magenticOneTeam, config, this)
  }

  override async close(): Promise<void> {
    this.#parts.model.close?.()
    await super.close()
  }

  override check(): void {
    super.check()
    const { maxTurns } = this.#parts
    if (maxTurns !== null && maxTurns <= 0) throw new Error('max_turns must be greater than 0.')
  }

  override *choose(turn: Turn): Generator<Effect, Omit<Chosen, 'at'>, unknown> {
    const ledger = this.progress.selector as TaskLedger
    const { afresh, ...chosen } = yield* new Orchestrator(this.#parts, ledger, this.thread, turn).play()
    if (afresh) this.#beginAfresh()
    return chosen
  }

  /** Clears the thread and the unread messages of all participants. */
  #beginAfresh(): void {
    this.thread = []
    for (const seat of this.participants.values()) {
      seat.unread = []
      seat.agent.reset()
    }
  }
}

/** The component type of MagenticOne teams. */
export const magenticOneTeam: ComponentType<MagenticOneGroupChat, Config> = {
  provider: 'autogen_agentchat.teams.MagenticOneGroupChat',
  kind: 'team',
  version: 1,
  description: type.description,
  config: Config,
  create: ({ participants, model_client, ...config }) =>
    new MagenticOneGroupChat(participants, model_client, {
      ...optionsOf(config),
      maxTurns: config.max_turns ?? null,
      maxStalls: config.max_stalls,
      finalAnswerPrompt: config.final_answer_prompt
    })
}
