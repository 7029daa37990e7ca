import type { StructuredMessage, TeamMessage } from '../../machines/messages/index.ts'

/** What the compiler knows of an agent or a team. No value is ever there. */
export interface Typing<Output, Context> {
  /** What its answers hold: a text, or what its `outputType` says. */
  readonly output: Output
  /** What its tools want to be given. */
  readonly needs: (context: Context) => void
}

/** Something whose answers and needs the compiler knows: an agent or a team. */
// biome-ignore lint/suspicious/noExplicitAny: an agent of which nothing is known may need anything
export interface Typed<Output = unknown, Context = any> {
  readonly '~types'?: Typing<Output, Context>
}

type Known<Output> = unknown extends Output ? string : Output

/** What an agent or a team answers; of one of which nothing is known, a text. */
export type OutputOf<Member> = Member extends Typed<infer Output, never> ? Known<Output> : string

/** What a team of such members comes to: what those say whose answers have a shape, or else a text. */
export type OutputOfMembers<Members extends readonly Typed[]> = [
  Exclude<OutputOf<Members[number]>, string>
] extends [never]
  ? string
  : Exclude<OutputOf<Members[number]>, string>

/** What the tools of such members want to be given: all of what each of them wants. */
export type ContextOfMembers<Members extends readonly Typed[]> = [Members[number]] extends [
  Typed<unknown, infer Context>
]
  ? Context
  : unknown

/** The content of structured messages; of those of which nothing is known, any JSON object. */
type ContentOf<Output> = unknown extends Output
  ? Record<string, unknown>
  : [Exclude<Output, string>] extends [never]
    ? Record<string, unknown>
    : Exclude<Output, string>

/** A message of a team with such an output: the content of structured messages is known. */
export type MessageWith<Output> =
  | Exclude<TeamMessage, StructuredMessage>
  | StructuredMessage<ContentOf<Output>>
