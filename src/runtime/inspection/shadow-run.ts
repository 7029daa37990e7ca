import { z } from 'zod'
import type { ComponentModel } from '../../machines/component/component.ts'
import type { Agent } from '../contract/agent.ts'
import { type Execution, execute } from '../execution/execute.ts'
import type { JournalInput } from '../journal/entries.ts'
import type { Recording, ReplayEvents } from '../journal/replayer.ts'
import type { RunHistory } from '../journal/run-log.ts'
import { Team } from '../team/team.ts'
import { InspectionLog } from './event-log.ts'
import { redactor, secretsIn } from './redaction.ts'

interface ShadowRunOptions {
  id: number
  history: RunHistory
  team_config: ComponentModel
  load(component: ComponentModel): Promise<Team>
  /** An event was added to the log. */
  onAdded(): void
}

/**
 * A shadow replay: executes the journal of a run through the same charts, with an observer that does nothing, to
 * collect XState's inspection events. Never performs an effect, never writes. It may follow a run that is under way:
 * then it is fed the entries that are appended to the journal.
 */
export class ShadowRun {
  readonly log: InspectionLog
  /** Whether the journal does not fit the charts of this version. */
  stuck = false
  readonly #entries: JournalInput[]
  readonly #execution: Execution
  #idle = Promise.withResolvers<void>()

  constructor({ id, history, team_config, load, onAdded }: ShadowRunOptions) {
    const { options, task, recording } = history
    this.#entries = [...recording.entries]
    this.log = new InspectionLog({
      run: String(id),
      redact: redactor(secretsIn(team_config)),
      now: () => this.#execution?.context.now() ?? recording.startedAt,
      onAdded,
      memory: (path) => memoryOf(this.#execution.context.participant(path).agent)
    })
    const open = async () => {
      // Without its team nothing of the run can be shown, and readers must not wait for it.
      const team = await load(team_config).catch((error) => {
        this.stuck = true
        this.#idle.resolve()
        throw error
      })
      if (options.state) team.loadState(options.state)
      // To load a team takes its time, whatever it takes now: the run is seen while it starts.
      this.log.close()
      return team
    }
    this.#execution = execute({
      mode: { kind: 'shadow', inspect: this.log.observe, replay: this.#replay(recording) },
      ...{ id: String(id), team: open, task: task.length > 0 ? task : null, seed: options.seed },
      observer: {
        message: (message) => this.log.published(message.id),
        chunk: () => {},
        inputRequested: () => {},
        modelCalled: () => {}
      }
    })
  }

  /** Goes on with entries that were appended to the journal since. */
  feed(entries: readonly JournalInput[]): void {
    if (entries.length === 0 || this.stuck) return
    this.#idle = Promise.withResolvers()
    this.#entries.push(...entries)
    this.#execution.context.replay?.more()
  }

  /** Resolves when all entries so far were played and nothing more follows from them. */
  async settled(): Promise<void> {
    await this.#idle.promise
    for (let seen = -1; seen < this.log.events.length; ) {
      seen = this.log.events.length
      for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve))
    }
  }

  /** Ends the replay. */
  stop(): void {
    if (this.#isActive) this.#execution.actor.stop()
  }

  get #isActive(): boolean {
    return this.#execution.actor.getSnapshot().status === 'active'
  }

  #replay(recording: Recording): { recording: Recording; events: ReplayEvents } {
    return {
      recording: { ...recording, entries: this.#entries },
      events: {
        command: (command) => {
          this.log.close()
          if (this.#isActive) this.#execution.actor.send(command)
        },
        effect: (entry) => this.log.effect(entry),
        stuck: () => {
          // In a run that has ended, no effect waits for a result that came too late.
          this.stuck = this.#isActive
          this.#idle.resolve()
        },
        idle: () => this.#idle.resolve()
      }
    }
  }
}

const Context = z.object({ llm_context: z.object({ messages: z.array(z.unknown()) }) })
const Wrapped = z.object({ wrapped_agent: z.unknown() })

/** The model context of an agent, from the agent's state. The members of a team have their own. */
const memoryOf = (agent: Agent): readonly unknown[] =>
  agent instanceof Team ? [] : messagesIn(agent.saveState())

function messagesIn(state: unknown): readonly unknown[] {
  const wrapped = Wrapped.safeParse(state)
  if (wrapped.success) return messagesIn(wrapped.data.wrapped_agent)
  const context = Context.safeParse(state)
  return context.success ? context.data.llm_context.messages : []
}
