import * as answers from '../../protocol/rest-answers.ts'
import { ok } from '../http/http.ts'
import { type Route, route } from '../http/route.ts'

/** What the server tells about itself. */
export interface MetaServices {
  version: string
  /** Why the server cannot work at the moment, such as a store that fails; undefined while it can. */
  trouble?: () => string | undefined
}

/** Version and health. */
export const metaRoutes = ({ version, trouble }: MetaServices): Route[] => [
  route('GET', '/api/version', { answer: answers.Version }, () =>
    ok({ version }, 'Version retrieved successfully')
  ),
  route('GET', '/api/health', { answer: answers.Health }, () => {
    const message = trouble?.()
    if (message !== undefined) return { status: 503, body: { status: false, message } }
    return { status: 200, body: { status: true, message: 'Service is healthy' } }
  })
]
