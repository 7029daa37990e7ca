import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands'
import { json, jsonParseLinter } from '@codemirror/lang-json'
import {
  bracketMatching,
  defaultHighlightStyle,
  foldGutter,
  indentOnInput,
  syntaxHighlighting
} from '@codemirror/language'
import { type Diagnostic, linter, lintGutter } from '@codemirror/lint'
import { EditorState } from '@codemirror/state'
import { EditorView, keymap, lineNumbers } from '@codemirror/view'
import { useEffect, useRef, useState } from 'react'
import { type Finding, validate } from '../api/runs.ts'
import { locate, pathOf } from './json-path.ts'

interface JsonEditorProps {
  text: string
  change(text: string): void
}

const wrong = jsonParseLinter()

/** Asks the server what is wrong with the team, and puts each answer to its line. */
async function check(view: EditorView): Promise<Diagnostic[]> {
  const { state } = view
  const text = state.doc.toString()
  if (text.trim() === '') return []
  const broken = wrong(view)
  if (broken.length > 0) return broken
  const found = await validate(JSON.parse(text)).catch(() => ({ errors: [], warnings: [] }))
  const mark = (severity: 'error' | 'warning') => (finding: Finding) => diagnostic(state, finding, severity)
  return [...found.errors.map(mark('error')), ...found.warnings.map(mark('warning'))]
}

function diagnostic(
  state: EditorState,
  { field, error }: Finding,
  severity: 'error' | 'warning'
): Diagnostic {
  // `config.participants[0].config.name: what is wrong`
  const [, place] = /^((?:config|provider)[\w.[\]]*): /s.exec(error) ?? []
  return { ...locate(state, pathOf(place ?? field)), severity, message: error }
}

const setup = [
  lineNumbers(),
  foldGutter(),
  history(),
  indentOnInput(),
  bracketMatching(),
  json(),
  syntaxHighlighting(defaultHighlightStyle),
  lintGutter(),
  EditorView.lineWrapping,
  EditorView.contentAttributes.of({ 'aria-label': 'Team file' }),
  keymap.of([...defaultKeymap, ...historyKeymap, indentWithTab])
]

/** An editor for a team file; what is wrong is told at its line. */
export default function JsonEditor({ text, change }: JsonEditorProps) {
  const place = useRef<HTMLDivElement>(null)
  const changed = useRef(change)
  changed.current = change
  const [first] = useState(text)
  const [problems, setProblems] = useState<readonly { line: number; message: string }[]>([])
  useEffect(() => {
    const source = async (view: EditorView) => {
      const found = await check(view)
      setProblems(found.map(({ from, message }) => ({ line: view.state.doc.lineAt(from).number, message })))
      return found
    }
    const listener = EditorView.updateListener.of((update) => {
      if (update.docChanged) changed.current(update.state.doc.toString())
    })
    const state = EditorState.create({
      doc: first,
      extensions: [...setup, linter(source, { delay: 350 }), listener]
    })
    const view = new EditorView({ state, parent: place.current! })
    return () => view.destroy()
  }, [first])
  return (
    <div className="field">
      <span>Team file (JSON)</span>
      <div className="editor" ref={place} />
      {problems.length > 0 && (
        <ul className="problems" aria-label="What is wrong with the team file">
          {problems.map(({ line, message }) => (
            <li key={`${line} ${message}`}>
              <strong>Line {line}:</strong> {message}
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}
