/**
 * `npm run protocol`: writes into PROTOCOL.md what comes from the schemas. Between `<!-- types: A B -->` and
 * `<!-- end -->` stand the TypeScript declarations of the schemas of these names; between `<!-- routes: /api/teams/* -->`
 * and `<!-- end -->` a table of the routes with these paths, or whose paths begin so.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { z } from 'zod'
import { common } from '../src/machines/messages/envelope.ts'
import * as messages from '../src/machines/messages/index.ts'
import * as clientFrames from '../src/protocol/client-frames.ts'
import * as answers from '../src/protocol/rest-answers.ts'
import * as rows from '../src/protocol/rows.ts'
import * as runOptions from '../src/protocol/run-options.ts'
import * as statuses from '../src/protocol/run-status.ts'
import * as serverFrames from '../src/protocol/server-frames.ts'
import type { Route } from '../src/server/http/route.ts'
import { summaries } from '../src/server/openapi/summaries.ts'
import { allRoutes } from './routes.ts'
import { declaration } from './typescript-of.ts'

const file = resolve(import.meta.dirname, '../PROTOCOL.md')

const Message = z.object(common).describe('What every message and every event has.')

type Named = [name: string, schema: z.ZodType]

const schemasIn = (...modules: object[]): Named[] =>
  modules
    .flatMap((module) => Object.entries(module))
    .filter((entry): entry is Named => entry[1] instanceof z.ZodType)

const fromClients = schemasIn(clientFrames, runOptions)
const fromServer = schemasIn(serverFrames, statuses, rows, messages, answers, { Message })
const names = new Map([...fromClients, ...fromServer].map(([name, schema]) => [schema, name]))
const bases = [Message, serverFrames.Numbered, rows.Row]

/** The declaration of a schema. Throws where there is none of this name. */
function typeOf(name: string): string {
  const input = fromClients.find(([other]) => other === name)
  const schema = (input ?? fromServer.find(([other]) => other === name))?.[1]
  if (!schema) throw new Error(`There is no schema "${name}" for PROTOCOL.md to show.`)
  return declaration(name, schema, { names, bases, io: input ? 'input' : 'output' })
}

const types = (wanted: readonly string[]): string =>
  ['```ts', wanted.map(typeOf).join('\n\n'), '```'].join('\n')

/** The names of the fields of a request's part: `session_id, options?`. */
function fieldsOf(schema: z.ZodType | undefined): string {
  const json = schema && z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
  const { properties = {}, required = [] } = json ?? {}
  return Object.keys(properties)
    .map((key) => (required.includes(key) ? key : `${key}?`))
    .join(', ')
}

function row({ method, path, schema }: Route): string {
  const query = fieldsOf(schema.query)
  const body = fieldsOf(schema.body)
  const answer = fromServer.find(([, other]) => other === schema.answer)?.[0]
  const cells = [
    `\`${method} ${path}\``,
    [query && `query \`${query}\``, body && `\`{${body}}\``].filter(Boolean).join('; '),
    answer ? `\`${answer}\`` : '',
    summaries[`${method} ${path}`]
  ]
  return `| ${cells.join(' | ')} |`
}

function routes(wanted: readonly string[]): string {
  const found = wanted.flatMap((place) => {
    const is = (path: string) => (place.endsWith('*') ? path.startsWith(place.slice(0, -1)) : path === place)
    const there = allRoutes().filter(({ path }) => is(path))
    if (there.length === 0) throw new Error(`There is no route "${place}" for PROTOCOL.md to show.`)
    return there
  })
  return ['| request | takes | answer | what it does |', '|---|---|---|---|', ...found.map(row)].join('\n')
}

/** The document with everything between its markers as the schemas have it. */
export const protocolDocument = (text: string): string =>
  text.replace(
    /(<!-- (types|routes): ([^>]*?) -->\n)[\s\S]*?(<!-- end -->)/g,
    (_, begin: string, kind: string, wanted: string, end: string) =>
      `${begin}${(kind === 'types' ? types : routes)(wanted.split(/\s+/))}\n${end}`
  )

/** The paths of the routes that stand in no table of the document, or in more than one. */
export function strayRoutes(text: string): string[] {
  const shown = [...text.matchAll(/^\| `([A-Z]+ \/\S*)` \|/gm)].map(([, route]) => route!)
  return allRoutes()
    .map(({ method, path }) => `${method} ${path}`)
    .filter((route) => shown.filter((other) => other === route).length !== 1)
}

if (process.argv[1] === import.meta.filename)
  writeFileSync(file, protocolDocument(readFileSync(file, 'utf8')))
