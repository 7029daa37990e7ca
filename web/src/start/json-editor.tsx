import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands'
import { json, jsonParseLinter } from '@codemirror/lang-json'
import {
  bracketMatching,
  foldGutter,
  HighlightStyle,
  indentOnInput,
  syntaxHighlighting
} from '@codemirror/language'
import { type Diagnostic, linter, lintGutter } from '@codemirror/lint'
import { EditorState } from '@codemirror/state'
import { EditorView, keymap, lineNumbers } from '@codemirror/view'
import { tags } from '@lezer/highlight'
import { useEffect, useRef, useState } from 'react'
import { checkTeam, type Finding } from '../api/runs.ts'
import { locate, pathOf } from './json-path.ts'

interface JsonEditorProps {
  text: string
  change(text: string): void
  /** Told what is wrong with it, whenever that was looked at. */
  found(errors: readonly Finding[]): void
}

const wrong = jsonParseLinter()

// Colours that can be read in the light and in the dark: the style sheet has both.
const colours = HighlightStyle.define([
  { tag: tags.propertyName, color: 'var(--code-name)' },
  { tag: tags.string, color: 'var(--code-string)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--code-value)' },
  { tag: tags.invalid, color: 'var(--failed)' }
])

/** What is wrong, where it stands, and what the server says of it. */
interface Checked {
  diagnostics: Diagnostic[]
  errors: readonly Finding[]
}

/** Asks the server what is wrong with the team, and puts each answer to its line. */
async function check(view: EditorView): Promise<Checked> {
  const { state } = view
  const text = state.doc.toString()
  if (text.trim() === '') return { diagnostics: [], errors: [] }
  const broken = wrong(view)
  if (broken.length > 0) {
    const errors = broken.map(({ message }) => ({ field: 'config', error: message, suggestion: null }))
    return { diagnostics: [...broken], errors }
  }
  const found = await checkTeam(JSON.parse(text)).catch(() => ({ errors: [], warnings: [] }))
  const mark = (severity: 'error' | 'warning') => (finding: Finding) => diagnostic(state, finding, severity)
  const diagnostics = [...found.errors.map(mark('error')), ...found.warnings.map(mark('warning'))]
  return { diagnostics, errors: found.errors }
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
  syntaxHighlighting(colours),
  lintGutter(),
  EditorView.lineWrapping,
  EditorView.contentAttributes.of({ 'aria-label': 'Team file' }),
  keymap.of([...defaultKeymap, ...historyKeymap, indentWithTab])
]

/** An editor for a team file; errors stand at their lines. */
export default function JsonEditor({ text, change, found }: JsonEditorProps) {
  const place = useRef<HTMLDivElement>(null)
  const hearers = useRef({ change, found })
  hearers.current = { change, found }
  const [first] = useState(text)
  const [problems, setProblems] = useState<readonly { line: number; message: string }[]>([])
  useEffect(() => {
    const source = async (view: EditorView) => {
      const { diagnostics, errors } = await check(view)
      setProblems(
        diagnostics.map(({ from, message }) => ({ line: view.state.doc.lineAt(from).number, message }))
      )
      hearers.current.found(errors)
      return diagnostics
    }
    const listener = EditorView.updateListener.of((update) => {
      if (update.docChanged) hearers.current.change(update.state.doc.toString())
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
