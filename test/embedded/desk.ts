import { z } from 'zod'
import { AssistantAgent, RoundRobinGroupChat, replay, type ToolContext, tool } from '../../src/index.ts'

/** What the tools of the desk are given. */
export interface Bank {
  pay(orderId: string, key: string): string
}

/** A tool whose calls above 1000 cents a person has to approve. */
export const refund = tool({
  name: 'refund',
  description: 'Pays an order back.',
  parameters: z.object({ orderId: z.string(), cents: z.int() }),
  needsApproval: ({ cents }) => cents > 1000,
  run: ({ orderId }, { context, idempotencyKey }: ToolContext<{ bank: Bank }>) =>
    context.bank.pay(orderId, idempotencyKey)
})

export const calls = (name: string, args: object) => ({
  content: [{ id: 'c1', name, arguments: JSON.stringify(args) }],
  usage: { prompt_tokens: 10, completion_tokens: 2 }
})

/** A desk that refunds so many cents, and says so. */
export const deskFor = (cents: number) => () =>
  new RoundRobinGroupChat(
    [
      new AssistantAgent({
        name: 'clerk',
        model: replay([calls('refund', { orderId: '7', cents }), 'Refunded.']),
        tools: [refund],
        reflectOnToolUse: true
      })
    ],
    { maxTurns: 1 }
  )

/** A bank that remembers what it was asked for. */
export function bankHere() {
  const paid: string[] = []
  const keys: string[] = []
  const bank: Bank = {
    pay(orderId, key) {
      paid.push(orderId)
      keys.push(key)
      return `paid ${orderId}`
    }
  }
  return { bank, paid, keys }
}

/** A team that says these texts in turn, one participant after the other. */
export const talk = (...texts: string[]) =>
  new RoundRobinGroupChat(
    ['ada', 'bob'].map(
      (name, i) => new AssistantAgent({ name, model: replay(texts.filter((_, at) => at % 2 === i)) })
    ),
    { maxTurns: texts.length }
  )
