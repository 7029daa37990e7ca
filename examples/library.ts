import {
  AssistantAgent,
  maxMessages,
  models,
  RoundRobinGroupChat,
  textMention,
  textOf
} from '../src/index.ts'

const writer = new AssistantAgent('writer', {
  modelClient: models.replay(['A lamp on the hill.', 'A lamp on the hill, and nobody home. DONE'])
})
const critic = new AssistantAgent('critic', { modelClient: models.replay(['Who lives there?']) })
const team = new RoundRobinGroupChat([writer, critic], {
  terminationCondition: maxMessages(10).or(textMention('DONE'))
})

for await (const item of team.runStream({ task: 'Write a line.' })) {
  if (item.type === 'TaskResult') console.log(`— ${item.stopReason}`)
  else console.log(`${item.source}: ${textOf(item)}`)
}
