import { describe } from 'vitest'
import { enact } from '../support/scenes.ts'
import { runtimeScenes } from './scenes/index.ts'

for (const [subject, scenes] of Object.entries(runtimeScenes)) describe(subject, () => enact(scenes))
