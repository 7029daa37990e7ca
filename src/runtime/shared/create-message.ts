import type { Draft, TeamMessage } from '../../machines/messages/index.ts'
import { type Clock, isoTime } from './clock.ts'

/** Gives a message what all have in common: an id and a time, where it has none yet. Keys stand in AutoGen's order. */
export function createMessage<M extends TeamMessage>(
  draft: Draft<M>,
  clock: Pick<Clock, 'now'>,
  newId = randomId
): M {
  const { id, source, models_usage, metadata, ...rest } = draft as Draft<TeamMessage>
  return {
    id: id ?? newId(),
    source,
    models_usage: models_usage ?? null,
    metadata: metadata ?? {},
    created_at: isoTime(clock.now()),
    ...rest
  } as unknown as M
}

const randomId = (): string => crypto.randomUUID()
