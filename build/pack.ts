/**
 * `npm run pack`: makes the package of what was compiled, in dist/package, and its archive beside it.
 * `node build/pack.ts FOLDER` makes both in another folder.
 */
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, globSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join, relative, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '..')
const target = resolve(process.argv[2] ?? join(root, 'dist'))
const folder = join(target, 'package')

/** They stand where they stand in the checkout: modules find them from `lib` as they do from `src`. */
const needed = ['bin/troupe', 'dist/console', 'prices.json', 'LICENSE']
/** What people read, and the sources: an editor goes from a type to them. */
const read = [
  ...['README.md', 'CHANGELOG.md', 'PROTOCOL.md', 'CONTRIBUTING.md', 'docs', 'src'],
  ...['bench/README.md', 'bench/RESULTS.md']
]
const copied = [...needed, ...read]

/**
 * What a program can do without: SQLite where it has PostgreSQL, µWebSockets where `ws` will do. A checkout needs them,
 * and an npm that runs on Node 20 passes over optional packages for newer ones.
 */
const dispensable = ['@mikro-orm/sqlite', 'better-sqlite3', 'uWebSockets.js']

/** What only a checkout needs. */
const ofCheckout = ['private', 'scripts', 'devDependencies', 'allowScripts', 'engines', 'exports']

/** What the package says of itself: what the checkout says, without what only the checkout needs. */
function manifest() {
  const checkout = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const kept = Object.entries(checkout).filter(([key]) => !ofCheckout.includes(key))
  const required = Object.entries<string>(checkout.dependencies)
  const optional = required.filter(([name]) => dispensable.includes(name))
  return {
    ...Object.fromEntries(kept),
    dependencies: Object.fromEntries(required.filter(([name]) => !dispensable.includes(name))),
    optionalDependencies: { ...checkout.optionalDependencies, ...Object.fromEntries(optional) },
    // Types are stripped from this one on; where uWebSockets.js is not built for a newer one `ws` takes its place.
    engines: { node: '>=22.18.0' },
    exports: compiled(checkout.exports),
    files: ['lib', ...copied]
  }
}

/** The entries of the checkout where they are compiled to. */
function compiled(entries: Record<string, string>): object {
  const paths = Object.entries(entries).map(([entry, path]) => {
    const base = path.replace('./src/', './lib/').replace(/\.tsx?$/, '')
    return [entry, { types: `${base}.d.ts`, default: `${base}.js` }]
  })
  return Object.fromEntries(paths)
}

/**
 * Types of packages that may be missing count as `any` where they are. Each line that is put in is one more without a
 * mapping in the map.
 */
function allowForMissingTypes(lib: string, packages: string[]): void {
  const from = new RegExp(`from '(?:${packages.join('|')})(?:/[^']*)?'`)
  for (const name of globSync('**/*.d.ts', { cwd: lib })) {
    const file = join(lib, name)
    const lines = readFileSync(file, 'utf8').split('\n')
    if (!lines.some((line) => from.test(line))) continue
    const map = JSON.parse(readFileSync(`${file}.map`, 'utf8'))
    const mapped: string[] = map.mappings.split(';')
    for (let at = lines.length - 1; at >= 0; at--) {
      if (!from.test(lines[at]!)) continue
      lines.splice(at, 0, '// @ts-ignore: the package is optional')
      mapped.splice(at, 0, '')
    }
    writeFileSync(file, lines.join('\n'))
    writeFileSync(`${file}.map`, JSON.stringify({ ...map, mappings: mapped.join(';') }))
  }
}

/** Maps of declarations name the sources of the checkout by the way from where they were compiled to. */
function pointToSources(lib: string): void {
  for (const name of globSync('**/*.d.ts.map', { cwd: lib })) {
    const file = join(lib, name)
    const map = JSON.parse(readFileSync(file, 'utf8'))
    map.sources = map.sources.map((source: string) =>
      join(relative(dirname(name), '..'), 'src', relative(join(root, 'src'), resolve(dirname(file), source)))
    )
    writeFileSync(file, JSON.stringify(map))
  }
}

function run(command: string, args: string[], cwd: string): void {
  const PATH = [join(root, 'node_modules/.bin'), process.env.PATH].join(delimiter)
  execFileSync(command, args, { cwd, stdio: 'inherit', env: { ...process.env, PATH } })
}

for (const name of copied)
  if (!existsSync(join(root, name))) throw new Error(`There is no ${name}: run "npm run build"`)
rmSync(folder, { recursive: true, force: true })
run('tsc', ['-p', 'build', '--outDir', join(folder, 'lib')], root)
pointToSources(join(folder, 'lib'))
// What is no TypeScript: the programs that other interpreters run.
for (const name of globSync('**/*.{py,js}', { cwd: join(root, 'src') }))
  cpSync(join(root, 'src', name), join(folder, 'lib', name))
for (const name of copied) cpSync(join(root, name), join(folder, name), { recursive: true })
const made = manifest()
allowForMissingTypes(join(folder, 'lib'), Object.keys(made.optionalDependencies))
writeFileSync(join(folder, 'package.json'), `${JSON.stringify(made, null, 2)}\n`)
run('npm', ['pack', '--silent', '--pack-destination', target], folder)
