import { z } from 'zod'

/** What tells the conversations of a client's users apart, where it is sent. */
export const Marks = {
  user: z.string().nullish(),
  safety_identifier: z.string().nullish(),
  prompt_cache_key: z.string().nullish()
}

/** The marks of a request, by their names. */
export const marksOf = (body: { [Name in keyof typeof Marks]?: string | null }): string[] =>
  Object.keys(Marks).flatMap((name) => {
    const mark = body[name as keyof typeof Marks]
    return mark ? [`${name}=${mark}`] : []
  })
