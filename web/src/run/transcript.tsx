import { useVirtualizer } from '@tanstack/react-virtual'
import { memo, useCallback, useLayoutEffect, useRef, useState } from 'react'
import { goesOn, type Item } from '../model/items.ts'
import type { Partial } from '../state/run-store.ts'
import { Button } from '../ui/button.tsx'
import { PartialItem, TranscriptItem } from './transcript-item.tsx'

interface TranscriptProps {
  items: readonly Item[]
  partial: readonly Partial[]
}

/** How near to the end counts as being there, in pixels. */
const NEAR = 60

const joins = ({ source }: Partial, items: readonly Item[], index: number): boolean => {
  const before = items[index - 1]
  return before !== undefined && before.source === source && goesOn(before, before)
}

/** What was said, newest last. It stays at the end while whoever reads is there; only what is seen is drawn. */
export const Transcript = memo(({ items, partial }: TranscriptProps) => {
  const scroller = useRef<HTMLDivElement>(null)
  const [follows, setFollows] = useState(true)
  const count = items.length + partial.length
  const keyOf = useCallback(
    (index: number) => (items[index] ? items[index].key : partial[index - items.length]!.id),
    [items, partial]
  )
  const list = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => 84,
    overscan: 8,
    getItemKey: keyOf
  })
  const total = list.getTotalSize()
  const toEnd = useCallback(() => {
    const element = scroller.current
    if (element) element.scrollTop = element.scrollHeight
  }, [])
  // biome-ignore lint/correctness/useExhaustiveDependencies: whatever makes the list longer moves its end
  useLayoutEffect(() => {
    if (follows) toEnd()
  }, [follows, total, count, toEnd])
  const onScroll = () => {
    const { scrollTop, scrollHeight, clientHeight } = scroller.current!
    setFollows(scrollHeight - scrollTop - clientHeight < NEAR)
  }
  return (
    <div className="transcript">
      <div
        className="scroller"
        ref={scroller}
        onScroll={onScroll}
        role="log"
        aria-label="Transcript"
        tabIndex={0}
      >
        {count === 0 && <p className="empty">Nothing has been said yet.</p>}
        <div style={{ height: total, position: 'relative' }}>
          {list.getVirtualItems().map(({ index, key, start }) => {
            const item = items[index]
            return (
              <div
                key={key}
                className="row"
                data-index={index}
                ref={list.measureElement}
                style={{ transform: `translateY(${start}px)` }}
              >
                {item ? (
                  <TranscriptItem item={item} joined={goesOn(item, items[index - 1])} />
                ) : (
                  <PartialItem
                    partial={partial[index - items.length]!}
                    joined={joins(partial[index - items.length]!, items, index)}
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
