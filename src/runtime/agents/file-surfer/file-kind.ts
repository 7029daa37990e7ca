import { extname } from 'node:path'

/** Files of Office and the like are archives: what one is, its name says. */
const archives: Readonly<Record<string, string>> = {
  ...{ '.docx': 'a Word document', '.docm': 'a Word document', '.dotx': 'a Word document' },
  ...{ '.xlsx': 'an Excel workbook', '.xlsm': 'an Excel workbook', '.pptx': 'a PowerPoint presentation' },
  ...{ '.odt': 'an OpenDocument text', '.ods': 'an OpenDocument table' },
  ...{ '.odp': 'an OpenDocument presentation', '.epub': 'an EPUB book', '.jar': 'a Java archive' }
}
const oldOffice: Readonly<Record<string, string>> = {
  ...{ '.doc': 'an old Word document', '.xls': 'an old Excel workbook' },
  ...{ '.ppt': 'an old PowerPoint presentation', '.msg': 'an Outlook message' }
}

/** With which bytes, in hexadecimal, files begin that are no texts; `at` is where they stand, from 0 on. */
const signatures: readonly { bytes: string[]; kind: string; at?: number; names?: typeof archives }[] = [
  { bytes: ['255044462d'], kind: 'a PDF file' },
  { bytes: ['504b0304', '504b0506', '504b0708'], kind: 'an archive (zip)', names: archives },
  { bytes: ['d0cf11e0'], kind: 'an old Office file', names: oldOffice },
  { bytes: ['7b5c727466'], kind: 'an RTF document' },
  { bytes: ['89504e47', 'ffd8ff', '474946383', '49492a00', '4d4d002a'], kind: 'a picture' },
  { bytes: ['57454250'], at: 8, kind: 'a picture' },
  { bytes: ['494433', 'fffb', 'fff3', 'fff2', '4f676753', '664c6143'], kind: 'a sound file' },
  { bytes: ['57415645'], at: 8, kind: 'a sound file' },
  { bytes: ['66747970'], at: 4, kind: 'a video' },
  { bytes: ['1a45dfa3'], kind: 'a video' },
  { bytes: ['1f8b', '425a68', 'fd377a585a', '377abcaf', '52617221'], kind: 'a packed file' },
  { bytes: ['53514c69746520666f726d6174'], kind: 'a SQLite database' },
  { bytes: ['7f454c46', '4d5a'], kind: 'a program' }
]

/** What a file is that is no text: `a PDF file`. Undefined where its first bytes say nothing. */
export function kindOf(path: string, bytes: Buffer): string | undefined {
  const head = bytes.toString('hex', 0, 32)
  const found = signatures.find(({ bytes, at = 0 }) => bytes.some((one) => head.startsWith(one, at * 2)))
  return found && (found.names?.[extname(path).toLowerCase()] ?? found.kind)
}
