import { once } from 'node:events'
import { strToU8, zipSync } from 'fflate'
import PDFDocument from 'pdfkit'

const xml = (text: string) => strToU8(`<?xml version="1.0" encoding="UTF-8" standalone="yes"?>${text}`)
const office = 'http://schemas.openxmlformats.org/officeDocument/2006'
const relations = (...targets: readonly [type: string, target: string][]) =>
  xml(
    `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${targets
      .map(
        ([type, target], at) =>
          `<Relationship Id="r${at + 1}" Type="${office}/relationships/${type}" Target="${target}"/>`
      )
      .join('')}</Relationships>`
  )
const types = (...parts: readonly [path: string, type: string][]) =>
  xml(
    `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>${parts
      .map(
        ([path, type]) =>
          `<Override PartName="/${path}" ContentType="application/vnd.openxmlformats-officedocument.${type}+xml"/>`
      )
      .join('')}</Types>`
  )

/** A Word document; `body` is its WordprocessingML. */
export const wordFile = (body: string): Uint8Array =>
  zipSync({
    '[Content_Types].xml': types(['word/document.xml', 'wordprocessingml.document.main']),
    '_rels/.rels': relations(['officeDocument', 'word/document.xml']),
    'word/document.xml': xml(
      `<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>${body}</w:body></w:document>`
    )
  })

/** An Excel workbook of one sheet; `rows` is its SpreadsheetML. */
export const excelFile = (sheet: string, rows: string): Uint8Array =>
  zipSync({
    '[Content_Types].xml': types(
      ['xl/workbook.xml', 'spreadsheetml.sheet.main'],
      ['xl/worksheets/sheet1.xml', 'spreadsheetml.worksheet']
    ),
    '_rels/.rels': relations(['officeDocument', 'xl/workbook.xml']),
    'xl/_rels/workbook.xml.rels': relations(['worksheet', 'worksheets/sheet1.xml']),
    'xl/workbook.xml': xml(
      `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="${office}/relationships"><sheets><sheet name="${sheet}" sheetId="1" r:id="r1"/></sheets></workbook>`
    ),
    'xl/worksheets/sheet1.xml': xml(
      `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>${rows}</sheetData></worksheet>`
    )
  })

const shape = (type: string, text: string) =>
  `<p:sp><p:nvSpPr><p:nvPr><p:ph type="${type}"/></p:nvPr></p:nvSpPr><p:txBody><a:p><a:r><a:t>${text}</a:t></a:r></a:p></p:txBody></p:sp>`
const namespaces =
  'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'

/** A presentation; of each slide a title, a text and a note. */
export const powerPointFile = (
  slides: readonly (readonly [title: string, text: string, note: string])[]
): Uint8Array =>
  zipSync(
    Object.fromEntries(
      slides.flatMap(([title, text, note], at) => [
        [
          `ppt/slides/slide${at + 1}.xml`,
          xml(
            `<p:sld ${namespaces}>${shape('title', title)}${shape('body', text)}${shape('sldNum', `${at + 1}`)}</p:sld>`
          )
        ],
        [
          `ppt/notesSlides/notesSlide${at + 1}.xml`,
          xml(`<p:notes ${namespaces}>${shape('body', note)}</p:notes>`)
        ]
      ])
    )
  )

/** A PDF file of so many pages; `password` locks it. */
export async function pdfFile(pages: readonly string[], password?: string): Promise<Uint8Array> {
  const document = new PDFDocument({ autoFirstPage: false, ...(password && { userPassword: password }) })
  const parts: Buffer[] = []
  document.on('data', (part: Buffer) => parts.push(part))
  for (const page of pages) document.addPage().text(page)
  document.end()
  await once(document, 'end')
  return Buffer.concat(parts)
}
