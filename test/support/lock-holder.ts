/** A program of its own: holds the lock for writing of the database that it is given until it is ended. */
import Database from 'better-sqlite3'

const db = new Database(process.argv[2]!, { timeout: 10_000 })
db.exec('begin immediate')
console.log('locked')
// A connection that nothing refers to any more is closed, and the lock goes with it.
setInterval(() => db.inTransaction, 1000)
