import { parentPort, workerData } from 'node:worker_threads'
import Database from 'better-sqlite3'

// Moves what is in the log file into the database file, beside the loop of the server: it takes 10 to 60 ms.
const db = new Database(workerData)

parentPort?.on('message', (message: 'checkpoint' | 'close') => {
  if (message === 'checkpoint') {
    db.pragma('wal_checkpoint(passive)')
    parentPort?.postMessage('done')
    return
  }
  db.close()
  parentPort?.close()
})
