// A team type of one's own takes a selector, which is a pure function with JSON state, and a class around it.
import { z } from 'zod'
import { type Agent, type Selector, Team, type TeamOptions, type TeamType } from '../src/index.ts'

/** What a panel remembers from turn to turn, also when it is saved or the process ends. */
const Progress = z.object({ chairSpeaks: z.boolean(), guest: z.int().nonnegative() })
type Progress = z.infer<typeof Progress>

/** The first participant is the chair and speaks before each of the guests, who take turns. */
const panel: Selector<Progress> = {
  begin: () => ({ chairSpeaks: true, guest: 0 }),
  check: (_progress, _task, names) => (names.length < 2 ? 'A panel needs a guest.' : undefined),
  next({ chairSpeaks, guest }, [chair, ...guests]) {
    if (chairSpeaks) return { speakers: [chair!], state: { chairSpeaks: false, guest } }
    const speaker = guests[guest % guests.length]!
    return { speakers: [speaker], state: { chairSpeaks: true, guest: (guest + 1) % guests.length } }
  }
}

const type: TeamType<Progress> = {
  name: 'PanelChat',
  description: 'A chair who asks, and guests who answer in turn.',
  manager: 'PanelChatManager',
  selector: panel,
  state: {
    type: 'PanelManagerState',
    save: (progress) => ({ panel: progress }),
    load: (fields) => Progress.parse(fields.panel)
  }
}

/** A chair who asks, and guests who answer in turn. */
export class PanelChat extends Team {
  constructor(chair: Agent, guests: readonly Agent[], options?: TeamOptions) {
    super(type, [chair, ...guests], options ?? {})
  }
}
