import { expect, test } from 'vitest'
import { GroupCommitter } from '../../src/runtime/run/group-committer.ts'
import { Outbox } from '../../src/runtime/run/outbox.ts'
import type { PendingInputs } from '../../src/runtime/run/pending-inputs.ts'
import { Metrics } from '../../src/runtime/shared/metrics/metrics.ts'
import { Scheduler } from '../../src/runtime/shared/scheduler.ts'
import type { RunChange } from '../../src/runtime/store/store.ts'
import { Subscribers } from '../../src/runtime/subscriptions/subscriber.ts'

const frame = { type: 'status', status: 'active', state: 'running.active' } as const

/** An outbox, and what it has stored. */
function outboxOf() {
  const changes: RunChange[] = []
  const log = { commit: async (more: readonly RunChange[]) => void changes.push(...more) }
  const pendingInputs: { deadline: string | null } = { deadline: null }
  const outbox = new Outbox({
    metrics: new Metrics(),
    ...{ run: 1, committer: new GroupCommitter(log), subscribers: new Subscribers() },
    ...{ scheduler: new Scheduler(), pendingInputs: pendingInputs as PendingInputs }
  })
  const states = () => changes.map(({ state }) => state?.seq ?? null)
  return { outbox, pendingInputs, states }
}

test('the state is stored when the row changes, and not with each frame', async () => {
  const { outbox, states } = outboxOf()
  outbox.changeRow({ status: 'active' })
  await outbox.committed()
  for (let i = 0; i < 2; i++) {
    outbox.appendFrame(frame)
    await outbox.committed()
  }
  outbox.appendFrame(frame)
  outbox.changeRow({ status: 'complete' })
  await outbox.committed()
  expect(states()).toEqual([0, null, null, 3])
})

test('the state is stored when the next deadline is another one', async () => {
  const { outbox, pendingInputs, states } = outboxOf()
  for (const at of [null, '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z', null]) {
    pendingInputs.deadline = at
    outbox.appendFrame(frame)
    await outbox.committed()
  }
  expect(states()).toEqual([1, 2, null, 4])
})
