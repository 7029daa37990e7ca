import { describe } from 'vitest'
import { enact } from '../support/scenes.ts'
import { chartScenes } from './scenes/index.ts'

describe('the chart "selectorChoice"', () => enact(chartScenes.selectorChoice))
