import { describe, expect, test } from 'vitest'
import { FunctionAgent } from '../src/runtime/agents/function-agent.ts'
import { execute } from '../src/runtime/execution/execute.ts'
import { RoundRobinGroupChat } from '../src/runtime/teams/round-robin.ts'

const observer = { message() {}, chunk() {}, inputRequested() {}, modelCalled() {} }

/** A team whose agent tells when it is closed. */
function holder(work: () => string | Promise<string>) {
  const closed = Promise.withResolvers<void>()
  const agent = Object.assign(new FunctionAgent('a', work), {
    close: async () => closed.resolve()
  })
  return { team: new RoundRobinGroupChat([agent], { maxTurns: 1 }), closed: closed.promise }
}

describe('what agents hold of the world', () => {
  test('is given back when a run ends that has loaded its team', async () => {
    const { team, closed } = holder(() => 'done')
    await execute({ team: async () => team, task: null, observer, mode: { kind: 'library' } }).ended
    await closed
  })

  test('is given back too when the run fails, and when it is left where it is', async () => {
    const broken = holder(() => {
      throw new Error('no')
    })
    await execute({ team: async () => broken.team, task: null, observer, mode: { kind: 'library' } }).ended
    await broken.closed
    const begun = Promise.withResolvers<void>()
    const left = holder(() => {
      begun.resolve()
      return new Promise(() => {})
    })
    const { actor } = execute({
      team: async () => left.team,
      task: null,
      observer,
      mode: { kind: 'library' }
    })
    await begun.promise
    actor.stop()
    await left.closed
  })

  test('stays with a team that somebody else has made', async () => {
    const { team, closed } = holder(() => 'done')
    await execute({ team, task: null, observer, mode: { kind: 'library' } }).ended
    expect(await Promise.race([closed.then(() => 'closed'), Promise.resolve('kept')])).toBe('kept')
  })
})
