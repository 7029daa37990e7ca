import type { Scenes } from '../../support/scenes.ts'
import { cancelScenes } from './cancel.ts'
import { choosingScenes } from './choosing.ts'
import { nestedScenes } from './nested.ts'
import { parallelScenes } from './parallel.ts'
import { pauseScenes } from './pause.ts'
import { personScenes } from './person.ts'
import { stepScenes } from './steps.ts'

/** All scenes that are played by whole runs. */
export const runtimeScenes: Readonly<Record<string, Scenes>> = {
  'a run': stepScenes,
  'a run with a person in it': personScenes,
  'a run that is paused': pauseScenes,
  'a run that is cancelled': cancelScenes,
  'a run whose speakers are chosen by a model': choosingScenes,
  'a team inside a team': nestedScenes,
  'several speakers at once': parallelScenes
}
