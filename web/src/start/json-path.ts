import { syntaxTree } from '@codemirror/language'
import type { EditorState } from '@codemirror/state'

type Node = ReturnType<typeof syntaxTree>['topNode']

/** The keys of a place such as `config.participants[0].config.name`. */
export const pathOf = (place: string): string[] => place.split(/[.[\]]+/).filter(Boolean)

/** Where the value at a path stands in a JSON text: as far as the path can be followed. */
export function locate(state: EditorState, path: readonly string[]): { from: number; to: number } {
  let node: Node | null = syntaxTree(state).topNode.firstChild
  let found = node
  for (const key of path) {
    node = node && step(state, node, key)
    if (!node) break
    found = node
  }
  if (!found) return { from: 0, to: 0 }
  const line = state.doc.lineAt(found.from)
  return { from: found.from, to: Math.min(found.to, line.to) }
}

function step(state: EditorState, node: Node, key: string): Node | null {
  if (node.name === 'Array') {
    const items = [...children(node)].filter(({ name }) => !/^[[\],⚠]$/.test(name))
    return items[Number(key)] ?? null
  }
  for (const property of children(node)) {
    const name = property.getChild('PropertyName')
    if (name && state.sliceDoc(name.from + 1, name.to - 1) === key) return property.lastChild
  }
  return null
}

function* children(node: Node): Generator<Node> {
  for (let child = node.firstChild; child; child = child.nextSibling) yield child
}
