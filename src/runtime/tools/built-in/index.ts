import { bingSearch } from './bing-search.ts'
import type { BuiltIn } from './built-in.ts'
import { calculator } from './calculator.ts'
import { fetchWebpage, fetchWebsite } from './fetch-webpage.ts'
import { generateImage } from './generate-image.ts'
import { generatePdf } from './generate-pdf.ts'
import { googleSearch } from './google-search.ts'

/** Every function that comes with Troupe, by name: those in the default galleries of Studio, of all its versions. */
export const builtIns: ReadonlyMap<string, BuiltIn> = new Map(
  [bingSearch, calculator, fetchWebpage, fetchWebsite, generateImage, generatePdf, googleSearch].map(
    (one) => [one.name, one]
  )
)
