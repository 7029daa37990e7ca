import { fromCallback } from 'xstate'

/** Stands for an actor that the runtime provides: machines name what they need and reach nothing themselves. */
export const unprovided = <Input>(name: string) =>
  // biome-ignore lint/suspicious/noExplicitAny: what the actor understands is the provider's affair
  fromCallback<any, Input>(() => {
    throw new Error(`The actor "${name}" is not provided`)
  })
