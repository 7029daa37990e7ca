/** The script of the page: reads the description and writes it out, as text only. */
const script = `
const element = (name, text, parent) => {
  const made = parent.appendChild(document.createElement(name))
  if (text) made.textContent = text
  return made
}
const json = (title, value, parent) => {
  const details = element('details', '', parent)
  element('summary', title, details)
  element('pre', JSON.stringify(value, null, 2), details)
}
const main = document.querySelector('main')
fetch('openapi.json').then((answer) => answer.json()).then((api) => {
  element('p', api.info.description + ' Version ' + api.info.version + '.', main)
  const tags = new Map()
  for (const [path, item] of Object.entries(api.paths))
    for (const [method, operation] of Object.entries(item)) {
      const tag = operation.tags[0]
      if (!tags.has(tag)) tags.set(tag, [])
      tags.get(tag).push({ path, method, operation })
    }
  for (const [tag, operations] of tags) {
    element('h2', tag, main)
    for (const { path, method, operation } of operations) {
      const article = element('article', '', main)
      const heading = element('h3', '', article)
      element('span', method.toUpperCase(), heading).className = method
      element('code', path, heading)
      element('p', operation.summary, article)
      for (const { name, required, schema, in: place } of operation.parameters ?? [])
        element('p', place + ': ' + name + (required ? '' : '?') + ' ' + (schema.type ?? ''), article)
      const body = operation.requestBody?.content['application/json'].schema
      if (body) json('body', body, article)
    }
  }
  element('h2', 'schemas', main)
  for (const [name, schema] of Object.entries(api.components.schemas)) json(name, schema, main)
}).catch((error) => element('p', 'The description cannot be read: ' + error.message, main))
`

const style = `
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem;
  color: #1c2430; background: #fff }
h2 { margin-top: 2.5rem } h3 { margin: 0; font-size: 1rem } p { margin: .25rem 0 }
article { border-left: 3px solid #d4dae3; padding: .25rem 1rem; margin: 1rem 0 }
span { display: inline-block; min-width: 4.5rem; font-weight: 700 } .delete { color: #a02020 }
pre { overflow: auto; background: #f3f5f8; padding: .75rem } summary { cursor: pointer }
@media (prefers-color-scheme: dark) {
  body { color: #e4e8ee; background: #14181f } pre { background: #1e242e } article { border-color: #3a4454 }
  .delete { color: #ff8a8a }
}
`

/** The page that shows the description; nothing of it comes from elsewhere. */
export const docsPage = (nonce: string): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Troupe API</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style nonce="${nonce}">${style}</style></head>
<body><h1>Troupe API</h1><main></main><script nonce="${nonce}">${script}</script></body></html>
`
