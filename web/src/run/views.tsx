import { ToggleButton } from 'react-aria-components/ToggleButton'
import { ToggleButtonGroup } from 'react-aria-components/ToggleButtonGroup'

/** What a narrow page shows at a time; a wide one shows all of them. */
export type View = 'transcript' | 'team' | 'charts' | 'events'

const names: Record<View, string> = { transcript: 'Talk', team: 'Team', charts: 'Charts', events: 'Log' }

/** Chooses what a narrow page shows. */
export const Views = ({ view, show }: { view: View; show(view: View): void }) => (
  <ToggleButtonGroup
    className="views"
    aria-label="What to show"
    selectionMode="single"
    disallowEmptySelection
    selectedKeys={[view]}
    onSelectionChange={(keys) => show([...keys][0] as View)}
  >
    {Object.entries(names).map(([id, name]) => (
      <ToggleButton key={id} id={id}>
        {name}
      </ToggleButton>
    ))}
  </ToggleButtonGroup>
)
