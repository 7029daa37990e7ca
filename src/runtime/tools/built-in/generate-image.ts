import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { z } from 'zod'
import { wayTo } from '../../models/wire/access.ts'
import { reach, textOf } from '../http-exchange.ts'
import type { ToolCall } from '../tool.ts'
import { argumentsOf, type BuiltIn, orNull } from './built-in.ts'
import { writeOutput } from './output.ts'

const HOME = 'https://api.openai.com/v1'
/** Bytes of an answer. */
const LONGEST = 32 * 2 ** 20

const Answer = z.object({ data: z.array(z.object({ b64_json: z.string() })).default([]) })
const Refusal = z.object({ error: z.object({ message: z.string() }) })

/** Studio's `generate_image`: a picture by OpenAI's DALL-E 3, left as a PNG file; gives the paths. */
export const generateImage: BuiltIn = {
  name: 'generate_image',
  description:
    'Makes a picture of a description with DALL-E. Needs OPENAI_API_KEY in the environment of the run.',
  parameters: argumentsOf({
    query: { type: 'string' },
    output_dir: orNull({ type: 'string', format: 'path' }),
    image_size: { type: 'string', enum: ['1024x1024', '512x512', '256x256'], default: '1024x1024' }
  }),
  async run({ query, output_dir, image_size }, call, { egress, output }) {
    const { key, base } = access(call.env)
    const url = new URL(`${base}/images/generations`)
    const body = { model: 'dall-e-3', prompt: query, n: 1, response_format: 'b64_json', size: image_size }
    const response = await reach(egress, url, {
      method: 'POST',
      headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
      redirect: 'error',
      signal: call.signal
    })
    const text = await textOf(response, url, LONGEST)
    if (!response.ok) throw new Error(`No picture was made (${response.status}): ${reasonIn(text)}`)
    const pictures = Answer.parse(JSON.parse(text)).data
    return Promise.all(
      pictures.map(({ b64_json }) => {
        const name = join(String(output_dir ?? '.'), `${randomUUID()}.png`)
        return writeOutput(output, name, Buffer.from(b64_json, 'base64'))
      })
    )
  }
}

/** A key, and the address that belongs to it: the process's own key does not go where a user has sent it. */
function access(env: ToolCall['env']): { key: string; base: string } {
  const { key, address } = wayTo(env, {
    ...{ keys: ['OPENAI_API_KEY'], addresses: ['OPENAI_BASE_URL'], home: HOME }
  })
  if (!key) throw new Error('OPENAI_API_KEY is not set in the environment of the run.')
  return { key, base: address.endsWith('/') ? address.slice(0, -1) : address }
}

function reasonIn(text: string): string {
  try {
    return Refusal.parse(JSON.parse(text)).error.message
  } catch {
    return text.slice(0, 500)
  }
}
