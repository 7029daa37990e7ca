import type { ComponentModel } from '../machines/component/component.ts'
import type { ContextOfMembers, OutputOf, Typed } from '../runtime/contract/typing.ts'
import type { Team } from '../runtime/team/team.ts'
import type { Tool } from '../runtime/tools/tool.ts'

// biome-ignore lint/suspicious/noExplicitAny: teams of all outputs and needs
type AnyTeam = Team<any, any>

/**
 * A team under a name: a function that makes it, a team from which one is made for each run, or a component. All of them
 * can be made again in a later process, where the same name is given again.
 */
export type TeamSource = AnyTeam | (() => AnyTeam) | ComponentModel

/** Teams by name. */
export type TeamSources = Readonly<Record<string, TeamSource>>

/** The team of a source; of a component nothing is known. */
export type TeamOf<Source> = Source extends () => infer Made ? Made : Source extends AnyTeam ? Source : Typed

/** The names under which teams were given; any text where they are not known. */
export type NameOf<Teams> = keyof Teams & string

/** What a run of a team comes to. */
export type OutputOfTeam<Teams, Name extends NameOf<Teams>> = OutputOf<TeamOf<Teams[Name]>>

/** What these tools want to be given: all of what each of them wants. */
export type ContextOfTools<Tools extends readonly Tool[]> = [Tools[number]] extends [
  { readonly '~needs'?: (context: infer Context) => void }
]
  ? Context
  : unknown

/** What the tools of these teams want to be given. */
export type ContextOfTeams<Teams extends TeamSources> = ContextOfMembers<TeamOf<Teams[keyof Teams]>[]>

/** What the tools of a program want to be given. */
export type Needs<Teams extends TeamSources, Tools extends readonly Tool[]> = ContextOfTeams<Teams> &
  ContextOfTools<Tools>

/** The option `context`: needed where tools want something; it may hold more than that. */
export type ContextOption<Needed, Context> = unknown extends Needed
  ? { context?: Context }
  : { context: Context }
