/**
 * `npm run pack`: makes the package of what was compiled, in dist/package, and its archive beside it.
 * `node build/pack.ts FOLDER` makes both in another folder.
 */
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, globSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { delimiter, join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '..')
const target = resolve(process.argv[2] ?? join(root, 'dist'))
const folder = join(target, 'package')

/** They stand where they stand in the checkout: modules find them from `lib` as they do from `src`. */
const copied = ['bin/troupe', 'dist/console', 'prices.json', 'README.md', 'PROTOCOL.md', 'LICENSE']

/** What the package says of itself: what the checkout says, without what only the checkout needs. */
function manifest(): object {
  const { name, version, description, license, type, bin, dependencies, optionalDependencies, ...rest } =
    JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  return {
    ...{
      name,
      version,
      description,
      license,
      private: rest.private,
      type,
      bin,
      dependencies,
      optionalDependencies
    },
    // Types are stripped from this one on; where uWebSockets.js is not built for a newer one `ws` takes its place.
    engines: { node: '>=22.18.0' },
    exports: compiled(rest.exports),
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

function run(command: string, args: string[], cwd: string): void {
  const PATH = [join(root, 'node_modules/.bin'), process.env.PATH].join(delimiter)
  execFileSync(command, args, { cwd, stdio: 'inherit', env: { ...process.env, PATH } })
}

for (const name of copied)
  if (!existsSync(join(root, name))) throw new Error(`There is no ${name}: run "npm run build"`)
rmSync(folder, { recursive: true, force: true })
run('tsc', ['-p', 'build', '--outDir', join(folder, 'lib')], root)
// What is no TypeScript: the programs that other interpreters run.
for (const name of globSync('**/*.{py,js}', { cwd: join(root, 'src') }))
  cpSync(join(root, 'src', name), join(folder, 'lib', name))
for (const name of copied) cpSync(join(root, name), join(folder, name), { recursive: true })
writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest(), null, 2)}\n`)
run('npm', ['pack', '--silent', '--pack-destination', target], folder)
