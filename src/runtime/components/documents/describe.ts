import type { ComponentModel } from '../../../machines/component/component.ts'
import type { Document } from './recognize.ts'

/** What a file is that is no component, and what to do with it. */
export function whatIs(document: Exclude<Document, { kind: 'component' }>): string {
  switch (document.kind) {
    case 'gallery': {
      const names = document.components.map(({ at, component }) => `${at} (${nameOf(component)})`)
      const list = names.length > 0 ? `; in it are ${names.join(', ')}` : ', and an empty one'
      return `a gallery, not a component: \`troupe import\` takes all of it${list}.`
    }
    case 'state': {
      const { managers, participants } = document
      const team = managers
        .map((name) => name.replace(/(Group)?(Chat)?Manager$|Orchestrator$/, ''))
        .join(', ')
      return (
        `a saved state of a team${team && ` (${team})`} with the participants ${participants.join(', ') || 'none'}, ` +
        'not a component: a run of that team goes on from it, `troupe run TEAM.json --state-in` this file.'
      )
    }
    case 'other':
      return `${document.what}, not a component: ${document.advice}.`
  }
}

const nameOf = ({ label, config, provider }: ComponentModel): string =>
  String(label || config?.name || provider.slice(provider.lastIndexOf('.') + 1))
