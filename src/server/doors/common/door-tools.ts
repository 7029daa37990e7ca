import { DoorConversations } from './conversations.ts'
import type { DoorServices } from './door.ts'
import { DoorRuns } from './door-runs.ts'
import { TeamDirectory } from './team-directory.ts'

/** What all doors have in common. */
export class DoorTools {
  readonly services: DoorServices
  readonly teams: TeamDirectory
  readonly runs: DoorRuns
  readonly conversations: DoorConversations

  constructor(services: DoorServices) {
    this.services = services
    this.teams = new TeamDirectory(services.store)
    this.runs = new DoorRuns(services)
    this.conversations = new DoorConversations(services.store)
  }
}
