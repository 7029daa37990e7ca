import { realpathSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { zipSync } from 'fflate'
import { describe, expect, onTestFinished, test } from 'vitest'
import { permit } from '../../src/runtime/components/permissions.ts'
import { Registry } from '../../src/runtime/components/registry.ts'
import type { Team } from '../../src/runtime/team/team.ts'
import { temporaryFolder } from '../support/command.ts'
import { excelFile, pdfFile, powerPointFile, wordFile } from '../support/office-files.ts'
import { scripted } from '../support/scripted.ts'
import { team } from '../support/some-teams.ts'

/** What a file surfer shows of a file. */
async function shown(name: string, bytes: Uint8Array | string): Promise<string> {
  const files = realpathSync(temporaryFolder())
  writeFileSync(join(files, name), bytes)
  const surfer = {
    provider: 'autogen_ext.agents.file_surfer.FileSurfer',
    config: { name: 'files', model_client: scripted([['open_path', { path: name }]]) }
  }
  const registry = permit(new Registry(), { mcpCommands: [], codeExecution: false, files })
  const loaded = registry.load<Team>(team('RoundRobinGroupChat', { participants: [surfer], max_turns: 1 }))
  onTestFinished(() => loaded.close())
  const { messages } = await loaded.run({ task: 'Go.' })
  return String((messages.at(-1) as { content: unknown }).content)
}

describe('a file surfer', () => {
  test('shows a Word document with headings and tables', async () => {
    const cell = (text: string) => `<w:tc><w:p><w:r><w:t>${text}</w:t></w:r></w:p></w:tc>`
    const text = await shown(
      'letter.docx',
      wordFile(
        '<w:p><w:pPr><w:pStyle w:val="Heading1"/></w:pPr><w:r><w:t>Kites</w:t></w:r></w:p>' +
          '<w:p><w:r><w:t>They </w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t>fly</w:t></w:r></w:p>' +
          `<w:tbl><w:tr>${cell('red')}${cell('60')}</w:tr></w:tbl>`
      )
    )
    expect(text).toMatch(/Title: letter\.docx\n.*They \*\*fly\*\*.*red \| 60/s)
  })

  test('shows each sheet of an Excel workbook as a table', async () => {
    const row = (name: string, value: string) =>
      `<row><c r="A1" t="inlineStr"><is><t>${name}</t></is></c><c r="B1"><v>${value}</v></c></row>`
    const rows = `${row('kite', '60')}${row('a|b', '1.5').replaceAll('1"', '2"')}`
    expect(await shown('figures.XLSX', excelFile('Sizes', rows))).toContain(
      '## Sizes\n| kite | 60 |\n| --- | --- |\n| a\\|b | 1.5 |'
    )
  })

  test('shows the slides of a presentation in their order, with titles and notes, without their numbers', async () => {
    const slides = Array.from(
      { length: 11 },
      (_, at) => [`Title ${at + 1}`, `Text ${at + 1}`, `Note ${at + 1}`] as const
    )
    const text = await shown('talk.pptx', powerPointFile(slides))
    expect(text).toContain(
      '<!-- Slide number: 2 -->\n# Title 2\nText 2\n### Notes:\nNote 2\n\n<!-- Slide number: 3 -->'
    )
    expect(text).toMatch(/Slide number: 9 .*Slide number: 10 .*Slide number: 11 /s)
  })

  test('shows the text of a PDF file page by page, whatever its name says', async () => {
    expect(await shown('report.txt', await pdfFile(['Kites fly.', 'Über alle Berge.']))).toMatch(
      /Kites fly\.\n\nÜber alle Berge\.$/
    )
  })

  test.each([
    ['a locked PDF file', 'locked.pdf', () => pdfFile(['secret'], 'pw'), /It is a PDF file\. .*[Pp]assword/],
    ['a scan', 'scan.pdf', () => pdfFile(['']), /It is a PDF file\. .*pictures and no text/],
    [
      'a broken PDF file',
      'broken.pdf',
      () => '%PDF-1.4\n1 0 obj << endobj',
      /It is a PDF file\. The file cannot be read/
    ],
    [
      'a broken Word document',
      'broken.docx',
      () => 'PK\x03\x04\x14\x00',
      /It is a Word document\. The file cannot be read/
    ],
    [
      'a presentation without slides',
      'empty.pptx',
      () => zipSync({ 'a.xml': new Uint8Array(3) }),
      /It is a PowerPoint presentation\. .*no slides/
    ]
  ])('says why it does not show %s', async (_, name, make, reason) => {
    const text = await shown(name, await make())
    expect(text).toMatch(reason)
    expect(text).not.toMatch(/endobj|PK/)
  })

  test('refuses a small Office file that is endless when it is unpacked', async () => {
    const bytes = zipSync({ 'word/document.xml': new Uint8Array(130 * 2 ** 20) }, { level: 1 })
    expect(bytes.length).toBeLessThan(2 ** 20)
    expect(await shown('bomb.docx', bytes)).toMatch(
      /cannot be read: it is unpacked larger than 134217728 bytes/
    )
  })
})
