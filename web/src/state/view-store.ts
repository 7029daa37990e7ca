import { createStore } from '@xstate/store'
import type { RunView, Tab } from './address.ts'

/** How a run is looked at. */
export interface ViewContext {
  tab: Tab
  /** The actor that was chosen; null follows the action. */
  actor: string | null
  /** Whether what is known of the chosen actor is shown. */
  isPanelOpen: boolean
  /** The message that was chosen. */
  msg: string | null
  /** Whether the pictures fill the page. */
  isLarge: boolean
  /** Whether the pictures are put away. */
  isFolded: boolean
  /** Whether the calls of models are shown in the talk too. */
  showsCalls: boolean
}

const KEY = 'troupe.tab'

/** Keeps how a run is looked at; begins as the address says. */
export const createViewStore = ({ tab, actor, msg }: RunView) =>
  createStore({
    context: {
      tab: tab ?? (localStorage.getItem(KEY) as Tab | null) ?? 'team',
      ...{ actor, msg, isPanelOpen: actor !== null, isLarge: false, isFolded: false, showsCalls: false }
    } as ViewContext,
    on: {
      tab: (context, { tab }: { tab: Tab }) => {
        if (tab !== 'talk') localStorage.setItem(KEY, tab)
        return { ...context, tab, isFolded: false }
      },
      /** Chooses an actor; what is known of it is shown beside the picture. */
      choose: (context, { actor, msg = context.msg }: { actor: string | null; msg?: string | null }) => ({
        ...context,
        ...{ actor, msg, isPanelOpen: actor !== null, isFolded: false }
      }),
      /** Chooses whose chart is drawn; null follows the action. */
      chart: (context, { actor }: { actor: string | null }) => ({ ...context, actor }),
      panel: (context, { isOpen }: { isOpen: boolean }) => ({ ...context, isPanelOpen: isOpen }),
      message: (context, { msg }: { msg: string | null }) => ({ ...context, msg }),
      large: (context, { isLarge }: { isLarge: boolean }) => ({ ...context, isLarge }),
      fold: (context, { isFolded }: { isFolded: boolean }) => ({ ...context, isFolded, isLarge: false }),
      showCalls: (context, { shows }: { shows: boolean }) => ({ ...context, showsCalls: shows }),
      /** The address was changed. */
      goTo: (context, { tab, actor, msg }: RunView) => ({
        ...context,
        ...{ actor, msg, isPanelOpen: actor !== null, tab: tab ?? context.tab }
      })
    }
  })

export type ViewStore = ReturnType<typeof createViewStore>
