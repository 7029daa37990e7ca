import { describe, expect, test } from 'vitest'
import { machines as written } from '../../src/runtime/execution/charts.ts'
import { runtimeScenes } from '../runtime/scenes/index.ts'
import { recast } from '../support/machines.ts'
import { type Mutant, mutantsOf } from '../support/mutants.ts'
import { quietly, type Scenes } from '../support/scenes.ts'
import { chartScenes } from './scenes/index.ts'

type Chart = keyof typeof written

/** All tests of behaviour: of one chart by itself, and of whole runs. */
const scenesOf = (chart: Chart): Scenes =>
  Object.assign({}, chartScenes[chart], ...Object.values(runtimeScenes))

/** The first rule that does not hold with a chart. */
async function broken(chart: Chart, { machine }: Pick<Mutant, 'machine'>): Promise<string | null> {
  for (const [rule, play] of Object.entries(scenesOf(chart))) {
    try {
      await recast({ [chart]: machine }, async () => play())
    } catch {
      return rule
    }
  }
  return null
}

describe('a chart breaks a rule without any one of its transitions, and none with all of them', () => {
  for (const chart of Object.keys(written) as Chart[])
    test(chart, () =>
      quietly(async () => {
        expect(await broken(chart, { machine: written[chart] })).toBe(null)
        const survivors: string[] = []
        for (const mutant of mutantsOf(written[chart]))
          if ((await broken(chart, mutant)) === null) survivors.push(mutant.name)
        expect(survivors).toEqual([])
      })
    )
})
