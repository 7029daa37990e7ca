import { registerHooks } from 'node:module'

let registered = false

/**
 * Lets modules that lie anywhere import `troupe`: the Troupe that runs, and not another one beside it. `zod`, with which
 * its tools are described, comes from here too where the module has none of its own.
 */
export function resolveTroupe(): void {
  if (registered) return
  registered = true
  registerHooks({
    resolve(specifier, context, next) {
      // As seen from this module: a package may import itself by its name.
      if (specifier === 'troupe' || specifier.startsWith('troupe/'))
        return next(specifier, { ...context, parentURL: import.meta.url })
      try {
        return next(specifier, context)
      } catch (error) {
        if (specifier !== 'zod' && !specifier.startsWith('zod/')) throw error
        return next(specifier, { ...context, parentURL: import.meta.url })
      }
    }
  })
}
