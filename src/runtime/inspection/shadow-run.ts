import { z } from 'zod'
import type { ComponentModel } from '../../machines/component/component.ts'
import type { Agent } from '../contract/agent.ts'
import { type Execution, execute } from '../execution/execute.ts'
import type { RunObserver } from '../execution/run-context.ts'
import type { JournalInput } from '../journal/entries.ts'
import type { RunHistory } from '../journal/run-log.ts'
import { type Clock, systemClock } from '../shared/clock.ts'
import { Team } from '../teams/team.ts'
import { InspectionLog } from './event-log.ts'
import { redactor, secretsIn } from './redaction.ts'

interface ShadowRunOptions {
  id: number
  past: RunHistory
  team_config: ComponentModel
  load(component: ComponentModel): Team | Promise<Team>
  /** Something was added to the log. */
  added(): void
}

// Whatever rings in a run that is played again has rung already.
const hurried: Clock = { ...systemClock, setTimeout: (ring) => systemClock.setTimeout(ring, 0) }

/**
 * A run that is played again only to be looked at: the same charts are told what was kept of the run, and an
 * inspection listener notes what they do. Nothing is asked, done, said or stored. It may follow a run that is under
 * way: then it is fed what comes in.
 */
export class ShadowRun {
  readonly log: InspectionLog
  /** Whether what is kept does not fit the charts of this version. */
  stuck = false
  readonly #entries: JournalInput[]
  readonly #play: Execution
  #idle = Promise.withResolvers<void>()

  constructor({ id, past, team_config, load, added }: ShadowRunOptions) {
    const { settings, task, kept } = past
    this.#entries = [...kept.entries]
    const trim = redactor(secretsIn(team_config))
    const now = () => this.#play?.context.now() ?? kept.startedAt
    const memory = (path: string) => memoryOf(this.#play.context.participant(path).agent)
    this.log = new InspectionLog({ run: String(id), trim, now, added, memory })
    const open = async () => {
      const team = await load(team_config)
      if (settings.state) team.loadState(settings.state)
      // To load a team takes its time, whatever it takes now: the run is seen while it starts.
      this.log.close()
      return team
    }
    this.#play = execute({
      ...{ id: String(id), team: open, task: task.length > 0 ? task : null, clock: hurried, env: {} },
      ...{ kept: { ...kept, entries: this.#entries }, seed: settings.seed },
      watcher: this.#watcher(),
      inspect: this.log.observe,
      replay: {
        command: (command) => {
          this.log.close()
          if (this.#isActive) this.#play.actor.send(command)
        },
        effect: (entry) => this.log.effect(entry),
        done: () => {},
        stuck: () => this.#halt(),
        idle: () => this.#idle.resolve()
      }
    })
  }

  /** Goes on with what came into the run since. */
  feed(entries: readonly JournalInput[]): void {
    if (entries.length === 0 || this.stuck) return
    this.#idle = Promise.withResolvers()
    this.#entries.push(...entries)
    this.#play.context.replay?.more()
  }

  /** Resolves when all that is kept was played and nothing more follows from it. */
  async settled(): Promise<void> {
    await this.#idle.promise
    for (let seen = -1; seen < this.log.events.length; ) {
      seen = this.log.events.length
      for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve))
    }
  }

  /** Forgets the run. */
  stop(): void {
    if (this.#isActive) this.#play.actor.stop()
  }

  get #isActive(): boolean {
    return this.#play.actor.getSnapshot().status === 'active'
  }

  /** A run that is over leaves nobody to be handed what came too late. */
  #halt(): void {
    this.stuck = this.#isActive
    this.#idle.resolve()
  }

  #watcher(): RunObserver {
    return {
      message: ({ id }) => this.log.said(id),
      chunk: () => {},
      inputRequested: () => {},
      modelCalled: () => {}
    }
  }
}

const Context = z.object({ llm_context: z.object({ messages: z.array(z.unknown()) }) })
const Wrapped = z.object({ wrapped_agent: z.unknown() })

/** What the model of an agent is to know of the past, from the agent's state. Those of a team have their own. */
const memoryOf = (agent: Agent): readonly unknown[] =>
  agent instanceof Team ? [] : messagesIn(agent.saveState())

function messagesIn(state: unknown): readonly unknown[] {
  const wrapped = Wrapped.safeParse(state)
  if (wrapped.success) return messagesIn(wrapped.data.wrapped_agent)
  const context = Context.safeParse(state)
  return context.success ? context.data.llm_context.messages : []
}
