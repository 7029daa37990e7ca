/** One unit of work as a server does it all day: objects are made, written as JSON, read again and found by key. */
function unit(): number {
  const found = new Map<string, { seq: number; content: string }>()
  for (let seq = 0; seq < 200; seq++) {
    const text = JSON.stringify({
      type: 'message',
      seq,
      data: { source: `agent ${seq % 5}`, content: 'word '.repeat(10) }
    })
    const { data } = JSON.parse(text)
    found.set(`${data.source}:${seq}`, { seq, content: data.content })
  }
  let sum = 0
  for (const { seq, content } of found.values()) sum += seq + content.length
  return sum
}

/**
 * CPU microseconds that a fixed piece of work takes on this machine at this moment: what a case costs is compared by
 * its ratio to this, so that a slower or a busier machine does not look like a slower program. The median of several.
 */
export function reference(): number {
  const rounds = Array.from({ length: 21 }, () => {
    const before = process.cpuUsage()
    for (let i = 0; i < 50; i++) unit()
    const { user, system } = process.cpuUsage(before)
    return (user + system) / 50
  })
  return rounds.sort((a, b) => a - b)[10]!
}
