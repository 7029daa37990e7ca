// A route handler of Next: `app/agents/[...path]/route.ts`. Its clients follow runs by event streams.
import { handler } from '../desk.ts'

export const runtime = 'nodejs'
export const dynamic = 'force-dynamic'

const answer = (request: Request): Promise<Response> => handler(request)

export { answer as DELETE, answer as GET, answer as HEAD, answer as POST, answer as PUT }
