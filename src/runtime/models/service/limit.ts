interface Waiting {
  max: number
  start(): void
}

interface Queue {
  active: number
  waiting: Waiting[]
}

// Every agent has a model object of its own, so what they share is found by name.
const queues = new Map<string, Queue>()

/** Runs `work` when fewer than `max` others of the same name are running in this process; first come, first served. */
export async function limited<T>(
  name: string,
  max: number | null | undefined,
  signal: AbortSignal,
  work: () => Promise<T>
): Promise<T> {
  if (!max) return work()
  const queue = queueOf(name)
  await enter(queue, max, signal)
  try {
    return await work()
  } finally {
    queue.active--
    admit(queue)
    if (queue.active === 0 && queue.waiting.length === 0) queues.delete(name)
  }
}

function queueOf(name: string): Queue {
  const queue = queues.get(name) ?? { active: 0, waiting: [] }
  queues.set(name, queue)
  return queue
}

function enter(queue: Queue, max: number, signal: AbortSignal): Promise<void> | undefined {
  if (queue.active < max && queue.waiting.every((one) => one.max <= queue.active)) {
    queue.active++
    return
  }
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason)
    const waiting: Waiting = {
      max,
      start() {
        signal.removeEventListener('abort', leave)
        resolve()
      }
    }
    const leave = () => {
      queue.waiting.splice(queue.waiting.indexOf(waiting), 1)
      reject(signal.reason)
    }
    signal.addEventListener('abort', leave, { once: true })
    queue.waiting.push(waiting)
  })
}

/** Lets in the waiting calls that fit: one that wants to be alone does not hold up those behind that do not. */
function admit(queue: Queue): void {
  for (;;) {
    const at = queue.waiting.findIndex(({ max }) => queue.active < max)
    if (at < 0) return
    const [next] = queue.waiting.splice(at, 1)
    queue.active++
    next!.start()
  }
}
