import { agents } from './agents.ts'
import { models } from './models.ts'
import { teams } from './teams.ts'
import { terminations } from './terminations.ts'
import { tools, workbenches } from './tools.ts'

/** The gallery that a user without one gets at the first list. */
export const defaultGallery: Record<string, unknown> = {
  id: 'troupe_default',
  name: 'Troupe gallery',
  url: null,
  metadata: {
    author: 'Troupe',
    version: '1.0.0',
    description: 'Teams, agents, models, tools, terminations and workbenches to begin with.',
    tags: ['default'],
    license: 'MIT',
    homepage: null,
    category: 'general',
    last_synced: null
  },
  components: { agents, models, tools, terminations, teams, workbenches }
}
