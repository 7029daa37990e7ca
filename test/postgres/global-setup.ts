import type { TestProject } from 'vitest/node'
import { makeTemplate, startCluster } from './cluster.ts'

/** Gives all test files of a project one PostgreSQL: `TROUPE_TEST_POSTGRES`, or one that is started for them. */
export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const given = process.env.TROUPE_TEST_POSTGRES
  try {
    const cluster = given ? { url: given, stop: async () => {} } : await startCluster()
    await makeTemplate(cluster.url)
    project.provide('postgres', cluster.url)
    return () => cluster.stop()
  } catch (error) {
    console.warn(`\nThe tests of PostgreSQL are skipped: ${(error as Error).message}\n`)
    project.provide('postgres', null)
    return undefined
  }
}
