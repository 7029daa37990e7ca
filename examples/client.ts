// Starts a run and prints what it says: `node examples/client.ts [url of the server]`.
import { readFile } from 'node:fs/promises'

const server = process.argv[2] ?? 'http://127.0.0.1:8081'
const post = async (path: string, body: object) => {
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(`${server}/api${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
  return ((await answer.json()) as { data: { id: number; run_id: number } }).data
}

const team_config = JSON.parse(await readFile(new URL('team.json', import.meta.url), 'utf8'))
const session = await post('/sessions/', { user_id: 'me', name: 'first' })
const { run_id } = await post('/runs/', { session_id: session.id, user_id: 'me' })
const socket = new WebSocket(`${server.replace('http', 'ws')}/api/ws/runs/${run_id}`)
socket.onopen = () => socket.send(JSON.stringify({ type: 'start', task: 'What is 25 * 17?', team_config }))
socket.onmessage = (event) => {
  const { type, data } = JSON.parse(event.data)
  if (type === 'message') console.log(data.source, data.content)
}
