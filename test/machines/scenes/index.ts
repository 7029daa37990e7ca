import { machines } from '../../support/machines.ts'
import type { Scenes } from '../../support/scenes.ts'
import { choiceScenes } from './choice.ts'
import { groupChatScenes } from './group-chat.ts'
import { participantScenes } from './participant.ts'
import { runScenes } from './run.ts'

const selectorSteps = { ask: 'asking', askAgain: 'askingAgain' }
const magenticSteps = {
  gatherFacts: 'gatheringFacts',
  plan: 'planning',
  updateLedger: 'updatingLedger',
  refreshFacts: 'stalled',
  answer: 'answering'
}

/** The scenes that are played with one chart by itself, by chart. */
export const chartScenes: Readonly<Record<keyof typeof machines, Scenes>> = {
  run: runScenes,
  groupChat: groupChatScenes,
  participant: participantScenes,
  selectorChoice: choiceScenes(() => machines.selectorChoice, selectorSteps),
  magenticChoice: choiceScenes(() => machines.magenticChoice, magenticSteps)
}
