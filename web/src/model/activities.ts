import type { Activity } from './states.ts'

/** What activities are called. */
export const activityWords: Readonly<Record<Activity, string>> = {
  model: 'asking a model',
  memory: 'looking into its memory',
  tools: 'running tools',
  person: 'waiting for a person',
  approval: 'waiting for an approval',
  work: 'working',
  team: 'leading its team',
  paused: 'paused'
}
