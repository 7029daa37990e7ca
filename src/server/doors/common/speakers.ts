import type { ComponentModel } from '../../../machines/component/component.ts'
import type { HttpRequest } from '../../http/http.ts'

/** Whether the messages of an answer are begun by the names of who says them; `final`: only the last message is given. */
export type Speakers = 'on' | 'off' | 'final'

/** What a client asks for by `?speakers=` or `x-troupe-speakers`, else whether the team has several speakers. */
export function speakersOf({ query, headers }: HttpRequest, team: ComponentModel): Speakers {
  const asked = query.get('speakers') ?? headers.get('x-troupe-speakers')
  if (asked === 'on' || asked === 'off' || asked === 'final') return asked
  return speakerCount(team) > 1 ? 'on' : 'off'
}

/** How many agents of a team speak, those of nested teams counted; persons are not. */
export function speakerCount({ provider, config }: ComponentModel): number {
  const { participants } = (config ?? {}) as { participants?: readonly ComponentModel[] }
  if (Array.isArray(participants)) return participants.reduce((sum, one) => sum + speakerCount(one), 0)
  return provider.endsWith('UserProxyAgent') ? 0 : 1
}
