// Prints each test that failed with the first line of its error, and last how many tests passed, failed and were skipped.
// Arguments: the folder with vitest's JSON reports, and how many steps failed. Ends with 1 if anything did.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

interface Report {
  numPassedTests: number
  numPendingTests: number
  numTodoTests: number
  testResults: {
    name: string
    status: string
    message: string
    assertionResults: { status: string; fullName: string; failureMessages: string[] }[]
  }[]
}

const [folder, steps] = process.argv.slice(2) as [string, string]
const firstLine = (text = '') => text.split('\n')[0]!.slice(0, 200)
const failures: string[] = []
let passed = 0
let skipped = 0
for (const file of readdirSync(folder)) {
  const report: Report = JSON.parse(readFileSync(join(folder, file), 'utf8'))
  passed += report.numPassedTests
  skipped += report.numPendingTests + report.numTodoTests
  for (const { name, status, message, assertionResults } of report.testResults) {
    if (status === 'failed' && assertionResults.length === 0) failures.push(`${name}: ${firstLine(message)}`)
    for (const test of assertionResults)
      if (test.status === 'failed')
        failures.push(`${name} > ${test.fullName}: ${firstLine(test.failureMessages[0])}`)
  }
}
for (const failure of failures) console.log(`failed: ${failure.replace(`${process.cwd()}/`, '')}`)
const failed = Math.max(failures.length, Number(steps))
console.log(`\n${passed} passed, ${failed} failed, ${skipped} skipped`)
process.exitCode = failed > 0 || passed === 0 ? 1 : 0
