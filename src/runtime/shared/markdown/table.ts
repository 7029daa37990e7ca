/** Rows of cells as a table; the first row is its head. */
export function tableOf(rows: readonly (readonly string[])[]): string {
  const [head, ...rest] = rows
  if (!head) return ''
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rest.map(line)].join('\n')
}
