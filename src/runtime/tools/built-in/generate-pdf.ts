import { once } from 'node:events'
import type { Egress } from '../../network/egress/egress.ts'
import { bytesOf, reach } from '../http-exchange.ts'
import { argumentsOf, type BuiltIn } from './built-in.ts'
import { writeOutput } from './output.ts'

/** Points of a heading, by its level. */
const sizes: Record<string, number> = { title: 16, h1: 14, h2: 12 }
/** Bytes of a picture. */
const LONGEST = 16 * 2 ** 20
/** Points that a picture may be wide. */
const WIDEST = 480

type Section = Record<string, string | null>

/** Studio's `generate_pdf`: a report of sections with headings, text and pictures, left as a file; gives its path. */
export const generatePdf: BuiltIn = {
  name: 'generate_pdf',
  description:
    'Makes a PDF report of sections, each with a title, a level (title, h1, h2), content and an image.',
  parameters: argumentsOf({
    sections: {
      type: 'array',
      items: {
        type: 'object',
        additionalProperties: { anyOf: [{ type: 'string' }, { type: 'null' }] }
      }
    },
    output_file: { type: 'string', default: 'report.pdf' },
    report_title: { type: 'string', default: 'PDF Report' }
  }),
  async run({ sections, output_file, report_title }, { signal }, { egress, output }) {
    const pictures = await Promise.all(
      (sections as Section[]).map(({ image }) => (image ? pictureAt(image, egress, signal) : null))
    )
    const bytes = await pdfOf(String(report_title), sections as Section[], pictures)
    return writeOutput(output, String(output_file), bytes)
  }
}

async function pdfOf(
  title: string,
  sections: readonly Section[],
  pictures: readonly (Buffer | null)[]
): Promise<Buffer> {
  const Document = await library()
  const pdf = new Document({ size: 'A4', margin: 56, info: { Title: title } })
  const pieces: Buffer[] = []
  pdf.on('data', (piece: Buffer) => pieces.push(piece))
  const ended = once(pdf, 'end')
  pdf.font('Helvetica-Bold').fontSize(12).text(printable(title), { align: 'center' }).moveDown()
  for (const [index, { title: heading, level, content }] of sections.entries()) {
    const size = sizes[level ?? 'h1']
    pdf.font(size ? 'Helvetica-Bold' : 'Helvetica').fontSize(size ?? 12)
    pdf.text(printable(heading ?? '')).moveDown(0.5)
    if (content) pdf.font('Helvetica').fontSize(12).text(printable(content)).moveDown()
    const picture = pictures[index]
    if (picture) draw(pdf, picture)
  }
  pdf.end()
  await ended
  return Buffer.concat(pieces)
}

function draw(pdf: PDFKit.PDFDocument, picture: Buffer): void {
  try {
    pdf.image(picture, { fit: [WIDEST, WIDEST] }).moveDown()
  } catch {
    // Only JPEG and PNG can be put in; the report is worth more than a picture of another kind.
    pdf.font('Helvetica-Oblique').fontSize(10).text('[A picture that cannot be shown here]').moveDown()
  }
}

/** A picture behind an address; null where there is none. Files of this machine are not read. */
async function pictureAt(address: string, egress: Egress, signal: AbortSignal): Promise<Buffer | null> {
  const url = URL.parse(address)
  if (!url || !/^https?:$/.test(url.protocol)) return null
  try {
    const response = await reach(egress, url, { signal })
    return response.ok ? Buffer.from(await bytesOf(response, url, LONGEST)) : null
  } catch {
    signal.throwIfAborted()
    return null
  }
}

// The fonts that every reader of PDF has know Latin letters only.
const printable = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^\n\x20-\xff]/g, '?')

async function library(): Promise<typeof import('pdfkit')> {
  try {
    return (await import('pdfkit')).default
  } catch (error) {
    throw new Error(
      'PDF files are made with the package pdfkit, which is not installed: npm install pdfkit.',
      {
        cause: error
      }
    )
  }
}
