import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Option } from 'commander'
import { chartJson, drawnCharts, mermaid } from '../runtime/inspection/chart-export.ts'
import { command, type Io, parse } from './io.ts'

/** `troupe charts`: writes the statecharts, to look at them or to open them in an editor. */
export async function chartsCommand(args: string[], io: Io): Promise<number> {
  const program = command('troupe charts', 'Writes the statecharts of this version.', io)
    .addOption(new Option('--format <format>', 'what to write').choices(['json', 'mermaid']).default('json'))
    .option('--out <folder>', 'a file for each chart; without it all go to stdout')
  const done = parse(program, args)
  if (done !== undefined) return done
  const { format, out } = program.opts<{ format: 'json' | 'mermaid'; out?: string }>()
  if (out === undefined) {
    io.stdout(format === 'json' ? JSON.stringify(all(), null, 2) : drawnCharts().map(mermaid).join('\n'))
    return 0
  }
  mkdirSync(out, { recursive: true })
  for (const chart of drawnCharts()) {
    const text = format === 'json' ? `${JSON.stringify(chartJson(chart), null, 2)}\n` : mermaid(chart)
    writeFileSync(join(out, `${chart.id}.${format === 'json' ? 'json' : 'mmd'}`), text)
  }
  return 0
}

const all = () => Object.fromEntries(drawnCharts().map((chart) => [chart.id, chartJson(chart)]))
