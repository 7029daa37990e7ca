import { commands } from '../state/commands.ts'
import { Dialog } from './dialog.tsx'

const keys: readonly [section: string, keys: readonly [keys: string, what: string][]][] = [
  [
    'Everywhere',
    [
      ['Ctrl K', 'find a command, a member, a run'],
      ['?', 'these keys'],
      ['Esc', 'close what is open']
    ]
  ],
  [
    'In the list of runs',
    [
      ['N', 'start a run'],
      ['/', 'search']
    ]
  ],
  [
    'In a run',
    [
      ['← →', 'one moment back or on'],
      ['Home End', 'the first moment; now'],
      ['Space', 'play the moments'],
      ['1 2 3 4', 'team, timeline, chart, log'],
      ['F', 'fill the page with the picture'],
      ['A', 'write an answer'],
      ['T', 'read the talk'],
      ['P', 'pause and resume'],
      ['Enter', 'send an answer; with Shift a new line']
    ]
  ],
  [
    'In a drawing',
    [
      ['← → ↑ ↓', 'move it'],
      ['+ −', 'larger, smaller; with the wheel and Ctrl too'],
      ['0', 'fit it into its place']
    ]
  ]
]

/** All keys that do something. */
export default function Help() {
  return (
    <Dialog title="Keys" isOpen close={() => commands.trigger.open({ what: null })}>
      <div className="help">
        {keys.map(([section, all]) => (
          <section key={section}>
            <h3>{section}</h3>
            <dl>
              {all.map(([key, what]) => (
                <div key={key}>
                  <dt>
                    {key.split(' ').map((one) => (
                      <kbd key={one}>{one}</kbd>
                    ))}
                  </dt>
                  <dd>{what}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  )
}
