import type { TestProjectConfiguration } from 'vitest/config'

// `development` makes XState complain about logic that cannot be saved.
const common = {
  resolve: { conditions: ['development'] },
  ssr: { resolve: { conditions: ['development', 'node'], externalConditions: ['development', 'node'] } }
}
const test = {
  // A promise about time is in a test itself; these only end what hangs, also where other work holds the processors.
  testTimeout: 60_000,
  hookTimeout: 60_000,
  pool: 'forks' as const,
  execArgv: ['--conditions=development']
}

/** Tests that take minutes, or that need a browser: `npm run test:long`. */
export const long = 'test/**/*.long.test.ts'

/** All quick tests, with SQLite; and those of PostgreSQL, with further ones that are to hold there too. */
export const projects = (onPostgresToo: readonly string[] = [], notThere: readonly string[] = []) =>
  [
    {
      ...common,
      test: { ...test, name: 'sqlite', include: ['test/**/*.test.ts'], exclude: ['test/postgres/**', long] }
    },
    {
      ...common,
      test: {
        ...test,
        name: 'postgres',
        include: ['test/postgres/**/*.test.ts', ...onPostgresToo],
        exclude: [...notThere], // The long tests of what is to hold there too are among them.
        globalSetup: 'test/postgres/global-setup.ts'
      }
    }
  ] satisfies TestProjectConfiguration[]

/** The long tests: one file at a time, so that what they measure is not what others do. */
export const longProjects = () =>
  [
    {
      ...common,
      test: { ...test, name: 'long', include: [long], testTimeout: 180_000, hookTimeout: 180_000 }
    }
  ] satisfies TestProjectConfiguration[]
