import type { ComponentModel } from '../machines/component.ts'
import type { ChatMessage } from '../machines/message.ts'
import type { Audience } from './audience.ts'
import type { Clock } from './clock.ts'
import type { Past } from './past.ts'
import type { Recorder } from './recorder.ts'
import type { Settings } from './settings.ts'
import type { Team } from './teams/team.ts'

/** What a run of the server is made of: how it was started, and what it reaches. */
export interface LiveRunOptions {
  id: number
  task: readonly ChatMessage[]
  team_config: ComponentModel
  settings: Settings
  /** What is kept of the run, where it began in another process or was put away. */
  past?: Past
  load(component: ComponentModel): Team | Promise<Team>
  audience: Audience
  recorder: Recorder
  clock: Clock
  env: Readonly<Record<string, string | undefined>>
}
