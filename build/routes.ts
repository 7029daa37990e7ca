import { Runtime } from '../src/runtime/host/runtime.ts'
import { openAuthRoutes } from '../src/server/auth/open-routes.ts'
import type { Route } from '../src/server/http/route.ts'
import { described } from '../src/server/openapi/routes.ts'
import { type RestServices, restRoutes } from '../src/server/rest/index.ts'

/** Routes are made to be read, and never asked: their services need not be there. */
const services = new Proxy({} as RestServices, {
  get: (_, name) =>
    name === 'runtime'
      ? Object.create(Runtime.prototype, { store: { value: {} }, history: { value: {} } })
      : {}
})

/** Every route of the REST API with the schemas of its requests and answers. None of them may be asked. */
export const allRoutes = (): Route[] => described([...restRoutes(services), ...openAuthRoutes()], '')
