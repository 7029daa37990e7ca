import { optional } from '../../packages/optional.ts'
import { tableOf } from './table.ts'
import { unpacked } from './unzip.ts'

/** Each sheet of an Excel workbook as a table, under its name. */
export async function markdownOfExcel(bytes: Uint8Array): Promise<string> {
  const { default: readSheets } = await optional(() => import('read-excel-file/node'), 'read-excel-file')
  const sheets = await readSheets(Buffer.from(await unpacked(bytes)))
  return sheets
    .map(({ sheet, data }) => `## ${sheet}\n${tableOf(data.map((row) => row.map(textOf)))}`)
    .join('\n\n')
}

/** Dates without a time of day are shown without one. */
function textOf(cell: unknown): string {
  if (cell instanceof Date) return cell.toISOString().replace(/T00:00:00\.000Z$/, '')
  return cell === null || cell === undefined ? '' : String(cell)
}
