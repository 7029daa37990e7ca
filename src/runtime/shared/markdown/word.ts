import { optional } from '../../packages/optional.ts'
import { markdownOfHtml } from './html.ts'
import { unpacked } from './unzip.ts'

/** A Word document as Markdown, with headings, lists, links and tables, without its pictures. */
export async function markdownOfWord(bytes: Uint8Array): Promise<string> {
  const { default: mammoth } = await optional(() => import('mammoth'), 'mammoth')
  const { value } = await mammoth.convertToHtml(
    { buffer: Buffer.from(await unpacked(bytes)) },
    { convertImage: mammoth.images.imgElement(async () => ({ src: '' })) }
  )
  return markdownOfHtml({ html: value, url: 'file:///', images: false })
}
