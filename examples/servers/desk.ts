// What all of these servers share: a desk with one clerk, whose runs are kept in this process.
import { AssistantAgent, RoundRobinGroupChat, replay } from 'troupe'
import { openTroupe, sqlite } from 'troupe/runtime'

const desk = () =>
  new RoundRobinGroupChat([new AssistantAgent({ name: 'clerk', model: replay(['How can I help?']) })], {
    maxTurns: 1
  })

export const troupe = await openTroupe({ store: sqlite(process.env.DATABASE ?? ':memory:'), teams: { desk } })

/** Your own session goes here. */
const userOf = (request: Request) => request.headers.get('x-user')

export const handler = troupe.handler({
  user: userOf,
  allow: ['start', 'follow', 'answer', 'stop'],
  teams: 'stored'
})
export const port = Number(process.env.PORT ?? 3000)
