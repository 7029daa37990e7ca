import type { Model } from './model.ts'

/** A model as a program makes it: it may be closed when it is not needed any more. */
export interface ClosableModel extends Model, AsyncDisposable {
  /** Gives back what the model holds of the world. */
  close(): void
}

/** Lets a model be closed, whether it holds anything or not. */
export function closable(model: Model): ClosableModel {
  const close = model.close?.bind(model) ?? (() => {})
  return Object.assign(model, { close, [Symbol.asyncDispose]: async () => close() })
}
