import { RE2JS } from 're2js'
import type { Pattern } from '../../machines/component/object-reader.ts'

/**
 * A regular expression that others have written, in an engine whose time grows with the text and not with the pattern's
 * ambiguity. Undefined where the expression looks around or back (`(?=…)`, `\1`): no such engine knows these, so they
 * are not checked.
 */
export function linearPattern(source: string): Pattern | undefined {
  try {
    const made = RE2JS.compile(RE2JS.translateRegExp(source))
    return { test: (text) => made.test(text), cost: made.programSize() / 16 }
  } catch {
    return undefined
  }
}
