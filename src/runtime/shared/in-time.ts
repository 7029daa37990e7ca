/** The same as the promise, unless it takes longer than `ms` milliseconds: then it rejects with what `late` makes. */
export async function inTime<T>(promise: Promise<T>, ms: number, late: () => Error): Promise<T> {
  const overdue = Promise.withResolvers<never>()
  const timer = setTimeout(() => overdue.reject(late()), ms)
  try {
    return await Promise.race([promise, overdue.promise])
  } finally {
    clearTimeout(timer)
    // A rejection afterwards is ignored.
    promise.catch(() => {})
  }
}
