import { describe, expect, test } from 'vitest'
import { PanelChat } from '../../examples/own-team.ts'
import type { Selector } from '../../src/machines/teams/selector.ts'
import { Team } from '../../src/runtime/team/team.ts'
import { stored, talker, talkers, texts } from './talk.ts'

const panel = (maxTurns: number) => new PanelChat(talker('chair'), talkers('ann', 'bob'), { maxTurns })

/** A team of two whose selector is this one. */
class Made extends Team {
  constructor(selector: Partial<Selector<null>>) {
    const whole: Selector<null> = {
      begin: () => null,
      next: () => ({ state: null, speakers: ['a'] }),
      ...selector
    }
    const state = { type: 'MadeState', save: () => ({}), load: () => null }
    const type = { name: 'Made', description: 'Made for a test.', manager: 'Made', selector: whole, state }
    super(type, talkers('a', 'b'), { maxTurns: 2 })
  }
}

describe('a team type of one\u2019s own', () => {
  test('speaks in the order of its selector', async () => {
    const { messages, stopReason } = await panel(5).run({ task: 'Go.' })
    expect(messages.map(({ source }) => source)).toEqual(['user', 'chair', 'ann', 'chair', 'bob', 'chair'])
    expect(stopReason).toBe('Maximum number of turns 5 reached.')
  })

  test('goes on from a saved state', async () => {
    const before = panel(2)
    await before.run({ task: 'Go.' })
    const after = panel(2)
    after.loadState(stored(before.saveState()))
    expect(texts(await after.run())).toEqual(['chair 2', 'bob 1'])
  })

  test('refuses what its selector refuses, before anybody speaks', async () => {
    const alone = new PanelChat(talker('chair'), [], { maxTurns: 1 })
    await expect(alone.run({ task: 'Go.' })).rejects.toThrow('A panel needs a guest.')
  })

  test('ends with an error where its selector names nobody, a stranger, or throws', async () => {
    const none = new Made({ next: (state) => ({ state, speakers: [] }) })
    await expect(none.run({ task: 'Go.' })).rejects.toThrow('No speaker was chosen')
    const stranger = new Made({ next: (state) => ({ state, speakers: ['c'] }) })
    await expect(stranger.run({ task: 'Go.' })).rejects.toThrow('Speaker c not found in participant names.')
    const broken = new Made({
      next() {
        throw new Error('No idea.')
      }
    })
    await expect(broken.run({ task: 'Go.' })).rejects.toThrow('No idea.')
  })

  test('stops where its selector says so, and begins its count of turns anew', async () => {
    let turns = 0
    const team = new Made({
      next: (state) => (turns++ % 2 === 0 ? { state, speakers: ['a'] } : { state, stop: 'Enough.' })
    })
    for (const said of ['a 1', 'a 2', 'a 3']) {
      const result = await team.run({ task: 'Go.' })
      expect([texts(result).at(-1), result.stopReason]).toEqual([said, 'Enough.'])
    }
  })
})
