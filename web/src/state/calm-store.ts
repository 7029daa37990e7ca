import { createStore } from '@xstate/store'
import type { Picture, PictureStore } from './picture-store.ts'

/** Of the moments of the past that go by, one of so many is shown: the browser draws each of them in a frame. */
const EVERY = 4
/** A moment that stands so long is shown, in milliseconds. */
const STANDS = 60

/**
 * Follows the picture of a run, less often while the moments of its past go by: long texts that change with each frame
 * cannot be read, and to lay them out would leave no time for what can be seen.
 */
export function createCalmStore(picture: PictureStore) {
  const store = createStore({
    context: picture.getSnapshot().context,
    on: { take: (_, { next }: { next: Picture }) => next }
  })
  let timer: ReturnType<typeof setTimeout> | undefined
  let passed = 0
  const take = () => {
    clearTimeout(timer)
    passed = 0
    store.trigger.take({ next: picture.getSnapshot().context })
  }
  const follow = ({ context }: { context: Picture }) => {
    passed++
    clearTimeout(timer)
    if (context.isLive || store.getSnapshot().context.isLive || passed >= EVERY) take()
    else timer = setTimeout(take, STANDS)
  }
  const { unsubscribe } = picture.subscribe(follow)
  const close = () => {
    clearTimeout(timer)
    unsubscribe()
  }
  return { store, close }
}

export type CalmStore = ReturnType<typeof createCalmStore>['store']
