import { useVirtualizer, type Virtualizer } from '@tanstack/react-virtual'
import { memo, useCallback, useEffect, useRef } from 'react'
import type { Entry } from '../model/entries.ts'
import { goesOn } from '../model/items.ts'
import type { Partial } from '../state/run-store.ts'
import { useSession } from '../state/session.ts'
import { useSelect } from '../state/use.ts'
import { Button } from '../ui/button.tsx'
import { PartialItem, TranscriptItem } from './transcript-item.tsx'
import { useFollow } from './use-follow.ts'

interface TranscriptProps {
  entries: readonly Entry[]
  partial: readonly Partial[]
  /** What stands there where nothing was said yet. */
  empty: string
}

const joins = ({ source }: { source: string }, before: Entry | undefined): boolean =>
  before !== undefined && before.kind !== 'chosen' && before.source === source && goesOn(before, before)

const isJoined = (entry: Entry, before: Entry | undefined): boolean =>
  entry.kind !== 'chosen' && joins(entry, before) && goesOn(entry, entry)

/** What was said, newest last. It stays at the end while the reader is there; only what is seen is drawn. */
export const Transcript = memo(({ entries, partial, empty }: TranscriptProps) => {
  const scroller = useRef<HTMLDivElement>(null)
  const count = entries.length + partial.length
  const keyOf = useCallback(
    (index: number) => (entries[index] ? entries[index].key : partial[index - entries.length]!.id),
    [entries, partial]
  )
  const list = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => 84,
    overscan: 4,
    getItemKey: keyOf
  })
  const total = list.getTotalSize()
  const { follows, setFollows } = useFollow(scroller, () => restOf(list), [total, count])
  useShowChosen(entries, (index) => {
    setFollows(false)
    list.scrollToIndex(index, { align: 'center' })
  })
  return (
    <div className="transcript">
      <div className="scroller" ref={scroller} role="log" aria-label="Transcript" tabIndex={0}>
        {count === 0 && <p className="empty">{empty}</p>}
        <div style={{ height: total, position: 'relative' }}>
          {list.getVirtualItems().map(({ index, key, start }) => {
            const entry = entries[index]
            const before = entries[index - 1]
            return (
              <div
                key={key}
                className="row"
                data-index={index}
                ref={list.measureElement}
                style={{ transform: `translateY(${start}px)` }}
              >
                {entry ? (
                  <TranscriptItem entry={entry} joined={isJoined(entry, before)} />
                ) : (
                  <PartialItem
                    partial={partial[index - entries.length]!}
                    joined={joins(partial[index - entries.length]!, before)}
                  />
                )}
              </div>
            )
          })}
        </div>
      </div>
      {!follows && (
        <div className="to-end">
          <Button onPress={() => setFollows(true)}>Jump to the latest</Button>
        </div>
      )}
    </div>
  )
})

/** How far the end of a list is below what is seen of it, in pixels. */
const restOf = (list: Virtualizer<HTMLDivElement, Element>): number =>
  list.getTotalSize() - (list.scrollOffset ?? 0) - (list.scrollRect?.height ?? 0)

/** Brings the message that was chosen into view, once it is there. */
function useShowChosen(entries: readonly Entry[], show: (index: number) => void): void {
  const { view } = useSession()
  const msg = useSelect(view, (context) => context.msg)
  const shown = useRef<string | null>(null)
  const index = msg === null || shown.current === msg ? -1 : entries.findIndex((entry) => idOf(entry) === msg)
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each message
  useEffect(() => {
    if (msg === null) shown.current = null
    if (index < 0) return
    shown.current = msg
    show(index)
  }, [msg, index])
}

const idOf = (entry: Entry): string | null => ('message' in entry ? entry.message.id : null)
