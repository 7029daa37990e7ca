import { z } from 'zod'
import { truthOf } from '../../../machines/component/lax.ts'
import type { Model, ModelRequest } from '../../models/model.ts'

const Entry = z
  .looseObject({ reason: z.unknown(), answer: z.unknown() })
  .refine((entry) => 'reason' in entry && 'answer' in entry)
const Ledger = z.looseObject({
  is_request_satisfied: Entry,
  is_in_loop: Entry,
  is_progress_being_made: Entry,
  next_speaker: Entry,
  instruction_or_question: Entry
})

/** How the work is getting on: it is done, or who is to do what next. */
export type Progress =
  | { satisfied: true; reason: string }
  | { satisfied: false; stalls: boolean; speaker: string; instruction: string }

/** Reads what a model says about the progress; undefined where it is not in the form that was asked for. */
export function readProgress(text: string, participants: readonly string[]): Progress | undefined {
  const given = jsonIn(text)
  if (typeof given !== 'object' || given === null) return undefined
  const only = participants.length === 1 ? { next_speaker: { reason: '', answer: participants[0] } } : {}
  const read = Ledger.safeParse({ ...given, ...only })
  if (!read.success) return undefined
  const ledger = read.data
  const { reason } = ledger.is_request_satisfied
  const [satisfied, inLoop, progress] = [
    ledger.is_request_satisfied,
    ledger.is_in_loop,
    ledger.is_progress_being_made
  ].map(({ answer }) => yesOrNo(answer))
  if (satisfied === undefined || inLoop === undefined || progress === undefined) return undefined
  if (satisfied) return { satisfied: true, reason: String(reason) }
  const speaker = participants.find((name) => name === ledger.next_speaker.answer)
  const instruction = ledger.instruction_or_question.answer
  if (speaker === undefined || typeof instruction !== 'string') return undefined
  return { satisfied: false, stalls: !progress || inLoop, speaker, instruction }
}

/** Small models write "False" where false is wanted; a text that is neither yes nor no is no answer. */
const yesOrNo = (answer: unknown): boolean | undefined =>
  typeof answer === 'string' ? truthOf(answer) : Boolean(answer)

/** The JSON that a text is, that stands in its one block of code, or that has words before and behind it. */
function jsonIn(text: string): unknown {
  const blocks = [...text.matchAll(/```(?:[^\S\n]*([\w+-]+))?[^\S\n]*\n([\s\S]*?)```/g)]
  const [block, ...others] = blocks
  if (others.length > 0 || (block?.[1] && block[1].toLowerCase() !== 'json')) return undefined
  const given = block ? block[2]! : text
  return parsed(given) ?? parsed(given.slice(given.indexOf('{'), given.lastIndexOf('}') + 1))
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const entryOf = (answer: object) => ({
  type: 'object',
  properties: { reason: { type: 'string' }, answer },
  required: ['reason', 'answer'],
  additionalProperties: false
})
const YesOrNo = entryOf({ type: 'boolean' })
const Words = entryOf({ type: 'string' })
const properties = {
  is_request_satisfied: YesOrNo,
  is_in_loop: YesOrNo,
  is_progress_being_made: YesOrNo,
  next_speaker: Words,
  instruction_or_question: Words
}
const schema = { type: 'object', properties, required: Object.keys(properties), additionalProperties: false }

/** How a model is made to answer in the form of the ledger, as far as it can be. */
export const jsonFor = ({ info }: Model): ModelRequest['json'] =>
  info.structured_output ? schema : info.json_output || undefined
