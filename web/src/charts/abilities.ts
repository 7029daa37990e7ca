import type { TeamOutline } from '../../../src/runtime/inspection/team-outline.ts'

/** A step of a turn, in the words of the participant's chart. */
export type Step = 'recall' | 'askModel' | 'runTools' | 'reflect' | 'askPerson' | 'work' | 'lead'

/** What an actor may ever do; null where it is not known: then its whole chart is drawn. */
export type Abilities = readonly Step[] | null

/** The participants for which charts are drawn that hold only what these can come to. */
export const KINDS: readonly (readonly Step[])[] = [
  ['askModel'],
  ['askModel', 'runTools'],
  ['askModel', 'runTools', 'reflect'],
  ['recall', 'askModel'],
  ['recall', 'askModel', 'runTools'],
  ['recall', 'askModel', 'runTools', 'reflect'],
  ['askPerson'],
  ['lead'],
  ['lead', 'askModel'],
  ['work'],
  ['runTools']
]

/** The step with which each turn of such a participant begins. */
export const openingOf = (steps: readonly Step[]): Step => steps[0]!

/** The name of the drawing of a participant's chart. */
export const participantKey = (abilities: Abilities): string =>
  abilities ? `participant ${abilities.join(' ')}` : 'participant'

/** The name of the drawing of a manager's chart: few have to ask who speaks next. */
export const managerKey = (asks: boolean): string => (asks ? 'groupChat' : 'groupChat rule')

/** What a participant may ever do, by what the team file says of it and by what it has done already. */
export function abilitiesOf(outline: TeamOutline | null, done: ReadonlySet<Step>): Abilities {
  const known = outline && byKind(outline)
  if (!known) return null
  const all = new Set<Step>([...known, ...done])
  return KINDS.find((steps) => steps.length === all.size && steps.every((step) => all.has(step))) ?? null
}

function byKind({ kind, memory, tools, handoffs, reflects, model, members }: TeamOutline): Step[] | null {
  if (kind === 'UserProxyAgent') return ['askPerson']
  if (kind === 'SocietyOfMindAgent') return ['lead', 'askModel']
  if (members.length > 0) return ['lead']
  if (kind === 'CodeExecutorAgent') return model ? ['askModel', 'runTools'] : ['runTools']
  if (kind === 'FunctionAgent') return ['work']
  if (kind !== 'AssistantAgent') return null
  const hasTools = tools !== undefined || handoffs !== undefined
  return [
    ...(memory ? (['recall'] as const) : []),
    'askModel',
    ...(hasTools ? (['runTools'] as const) : []),
    ...(hasTools && reflects ? (['reflect'] as const) : [])
  ]
}

const steps: Readonly<Record<string, Step>> = {
  'responding.recalling': 'recall',
  'responding.askingModel': 'askModel',
  'responding.runningTools': 'runTools',
  'responding.reflecting': 'reflect',
  'responding.awaitingInput': 'askPerson',
  'responding.working': 'work',
  'responding.leadingTeam': 'lead'
}

/** The step for which a state stands. */
export const stepFor = (state: string): Step | undefined =>
  steps[state] ?? steps[state.split('.').slice(0, 2).join('.')]
