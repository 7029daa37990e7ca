import type { ElicitRequest, ElicitResult } from '@modelcontextprotocol/sdk/types.js'
import { truthOf } from '../../../machines/component/lax.ts'
import { coerce, fitTo } from '../fit.ts'

type Question = ElicitRequest['params']
type Schema = { properties?: Record<string, Property>; required?: string[] } & Record<string, unknown>
type Property = { type?: string; title?: string; description?: string; enum?: unknown[]; default?: unknown }

/** How often a person may answer in a form that does not fit. */
const TRIES = 3

/**
 * Puts a server's question to a person who answers in words: one value where one is wanted, `name: value` lines or JSON
 * where there are several; `decline` and `cancel` are what they say, and so is an empty answer.
 */
export async function elicit(
  server: string,
  question: Question,
  ask: (prompt: string) => Promise<string>
): Promise<ElicitResult> {
  const schema = ('requestedSchema' in question ? question.requestedSchema : {}) as Schema
  const properties = schema.properties ?? {}
  let problem = ''
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const answer = (await ask(promptOf(server, question, properties) + problem)).trim()
    if (/^(decline|no)$/i.test(answer) && !takesTruth(properties)) return { action: 'decline' }
    if (answer === '' || /^cancel$/i.test(answer)) return { action: 'cancel' }
    if (Object.keys(properties).length === 0) return { action: 'accept', content: {} }
    const content = fitTo({ type: 'object', ...schema })(coerce(schema, valuesIn(answer, properties)))
    if (content.success) return { action: 'accept', content: withoutNull(content.data as Values) }
    problem = `\n(Your answer "${answer.slice(0, 100)}" does not fit: ${content.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ')})`
  }
  return { action: 'cancel' }
}

type Values = NonNullable<ElicitResult['content']>

const takesTruth = (properties: Record<string, Property>) =>
  Object.values(properties).length === 1 && Object.values(properties)[0]!.type === 'boolean'

function promptOf(server: string, question: Question, properties: Record<string, Property>): string {
  const lines = [`${server} asks: ${question.message}`]
  if ('url' in question && typeof question.url === 'string')
    lines.push(`Open ${question.url} and say yes when it is done.`)
  const names = Object.entries(properties)
  for (const [name, { type, title, description, enum: choices }] of names) {
    const what = choices ? choices.join(' | ') : (type ?? 'text')
    lines.push(`- ${name} (${what})${title || description ? `: ${description ?? title}` : ''}`)
  }
  const how =
    names.length > 1
      ? 'Answer with a line "name: value" for each'
      : names.length === 1
        ? 'Answer with the value'
        : 'Answer yes'
  return `${lines.join('\n')}\n${how}, or with "decline" or "cancel".`
}

function valuesIn(answer: string, properties: Record<string, Property>): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(answer)
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>
  } catch {
    // It is in words.
  }
  const names = Object.keys(properties)
  if (names.length === 1) return { [names[0]!]: one(answer, properties[names[0]!]!) }
  const lines = answer.split(/\r?\n|;/).map((line) => line.split(':'))
  return Object.fromEntries(
    lines
      .map(([name = '', ...rest]) => [name.trim(), rest.join(':').trim()] as const)
      .filter(([name]) => names.includes(name))
      .map(([name, value]) => [name, one(value, properties[name]!)])
  )
}

const one = (text: string, { type }: Property): unknown =>
  type === 'boolean' ? (truthOf(text) ?? text) : text

const withoutNull = (values: Values): Values =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null))
