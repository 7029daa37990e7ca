import * as answers from '../../protocol/rest-answers.ts'
import { type HttpResponse, ok } from '../http/http.ts'
import { type Route, route } from '../http/route.ts'

/** What the server tells about itself. */
export interface MetaServices {
  version: string
  /** Why the server cannot work at the moment, such as a store that fails; undefined while it can. */
  trouble?: () => string | undefined
  /** Why nothing can be begun at present, such as a restart; undefined where it can. */
  unreadiness?: () => string | undefined
}

/** Version, whether the server lives, and whether it can take work. */
export const metaRoutes = ({ version, trouble, unreadiness }: MetaServices): Route[] => [
  route('GET', '/api/version', { answer: answers.Version }, () =>
    ok({ version }, 'Version retrieved successfully')
  ),
  route('GET', '/api/health', { answer: answers.Health }, () => told(trouble?.(), 'Service is healthy')),
  route('GET', '/api/ready', { answer: answers.Health }, () =>
    told(trouble?.() ?? unreadiness?.(), 'Service is ready')
  )
]

const told = (problem: string | undefined, message: string): HttpResponse =>
  problem === undefined
    ? { status: 200, body: { status: true, message } }
    : { status: 503, body: { status: false, message: problem } }
