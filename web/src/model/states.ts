/** A statechart value as one path: `responding.askingModel`. */
export function valuePath(value: unknown): string {
  if (typeof value === 'string') return value
  if (typeof value !== 'object' || value === null) return ''
  return Object.entries(value)
    .map(([key, inner]) => [key, valuePath(inner)].filter(Boolean).join('.'))
    .join(' + ')
}

/** What a member does in a state that takes its time. */
export type Activity = 'model' | 'memory' | 'tools' | 'person' | 'approval' | 'work' | 'team' | 'paused'

const activities: Readonly<Record<string, Activity>> = {
  'responding.askingModel': 'model',
  'responding.reflecting': 'model',
  'responding.recalling': 'memory',
  'responding.runningTools': 'tools',
  'responding.awaitingInput': 'person',
  'responding.awaitingApproval': 'approval',
  'responding.working': 'work',
  'responding.leadingTeam': 'team',
  'responding.leadingTeam.paused': 'paused',
  'responding.paused': 'paused',
  'responding.pausing': 'paused'
}

const choices: ReadonlySet<string> = new Set([
  ...['asking', 'askingAgain', 'gatheringFacts', 'refreshingFacts', 'planning', 'updatingLedger', 'stalled'],
  'answering'
])

/** What an actor does in a state; null where it only listens, or decides at once. */
export function activityOf(machine: string, value: unknown): Activity | null {
  const path = valuePath(value)
  if (machine === 'participant')
    return activities[path] ?? activities[path.split('.').slice(0, 2).join('.')] ?? null
  if (machine === 'selectorChoice' || machine === 'magenticChoice') return choices.has(path) ? 'model' : null
  return null
}
