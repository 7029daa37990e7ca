import { useEffect, useMemo, useState } from 'react'
import { Autocomplete, useFilter } from 'react-aria-components/Autocomplete'
import { Dialog } from 'react-aria-components/Dialog'
import { Header, Menu, MenuItem, MenuSection } from 'react-aria-components/Menu'
import { Modal, ModalOverlay } from 'react-aria-components/Modal'
import { Input, SearchField } from 'react-aria-components/SearchField'
import { listRuns } from '../api/runs.ts'
import { oneLine } from '../model/format.ts'
import { runLink } from '../state/address.ts'
import { type Command, commands } from '../state/commands.ts'
import { useSelect } from '../state/use.ts'
import { Icon } from './icon.tsx'

/** Finds what can be done, who there is, and runs, by a part of the name. */
export default function Palette() {
  const sources = useSelect(commands, (context) => context.sources)
  const runs = useRuns()
  const { contains } = useFilter({ sensitivity: 'base' })
  const close = () => commands.trigger.open({ what: null })
  const sections = useMemo(
    () => Map.groupBy([...Object.values(sources).flat(), ...runs], ({ section }) => section),
    [sources, runs]
  )
  return (
    <ModalOverlay
      className="overlay top-aligned"
      isDismissable
      isOpen
      onOpenChange={(open) => !open && close()}
    >
      <Modal className="modal palette">
        <Dialog aria-label="Find a command">
          <Autocomplete filter={(text, input) => input.split(/\s+/).every((word) => contains(text, word))}>
            <SearchField aria-label="What to find" autoFocus className="search">
              <Input placeholder="A command, a member, a run…" />
            </SearchField>
            <Menu
              className="menu"
              aria-label="Commands"
              renderEmptyState={() => <p className="empty">Nothing is called that.</p>}
            >
              {[...sections].map(([section, all]) => (
                <MenuSection key={section} id={section}>
                  <Header>{section}</Header>
                  {all.map((command) => (
                    <Option key={command.id} command={command} close={close} />
                  ))}
                </MenuSection>
              ))}
            </Menu>
          </Autocomplete>
        </Dialog>
      </Modal>
    </ModalOverlay>
  )
}

const Option = ({
  command: { id, name, icon, shortcut, run },
  close
}: {
  command: Command
  close(): void
}) => (
  <MenuItem
    id={id}
    textValue={name}
    onAction={() => {
      close()
      // What has the focus when the palette has gone may be asked for.
      setTimeout(run)
    }}
  >
    {icon && <Icon name={icon} />}
    <span className="name">{name}</span>
    {shortcut && <kbd>{shortcut}</kbd>}
  </MenuItem>
)

/** The newest runs. */
function useRuns(): Command[] {
  const [runs, setRuns] = useState<Command[]>([])
  useEffect(() => {
    let left = false
    listRuns({}).then(
      (found) => {
        if (left) return
        const lines = found.slice(0, 20).map(
          ({ id, team, task }): Command => ({
            ...{
              id: `run ${id}`,
              name: oneLine(`Run ${id} · ${team}${task ? ` · ${task}` : ''}`, 90),
              section: 'Runs'
            },
            icon: 'next',
            run: () => {
              location.hash = runLink(id)
            }
          })
        )
        setRuns(lines)
      },
      // The commands are there without them.
      () => {}
    )
    return () => {
      left = true
    }
  }, [])
  return runs
}
