import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import { json, jsonParseLinter } from '@codemirror/lang-json'
import { bracketMatching, foldGutter, foldKeymap, indentOnInput, syntaxHighlighting } from '@codemirror/language'
import { linter, lintGutter, lintKeymap, setDiagnostics, type Diagnostic } from '@codemirror/lint'
import { EditorState } from '@codemirror/state'
import { drawSelection, EditorView, keymap, lineNumbers } from '@codemirror/view'
import { useEffect, useEffectEvent, useId, useRef } from 'react'
import { Text } from '@mantine/core'
import type { JsonSchema } from '../integrations/use-service.ts'
import { styleNonce } from '../style-nonce.ts'
import { editorLook, jsonColours } from './editor-look.ts'
import { completeFromSchema } from './complete-from-schema.ts'
import { rangeAt } from './range-at.ts'
import classes from './json-view.module.css'

export interface CodeEditorProps {
  readonly label: string
  /** What the editor begins with; later values replace its content when they differ from it. */
  readonly value: unknown
  /** Called with each content that is JSON. */
  readonly onChange?: (value: unknown) => void
  /** Called as the content becomes, or stops being, JSON. */
  readonly onValid?: (valid: boolean) => void
  readonly schema?: JsonSchema | undefined
  /** Errors that another found, by their JSON Pointer. */
  readonly errors?: readonly { readonly pointer: string; readonly message: string }[]
  readonly readOnly?: boolean
  readonly minHeight?: number
  readonly maxHeight?: number
}

const formatted = (value: unknown): string => JSON.stringify(value, null, 2) ?? ''

export default function CodeEditor(props: CodeEditorProps) {
  const { label, value, onChange, onValid, schema, errors, readOnly = false, minHeight = 200, maxHeight = 520 } = props
  const host = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView>(null)
  const hint = useId()
  const changed = useEffectEvent((text: string) => {
    const content = parse(text)
    onValid?.(content.valid)
    if (content.valid) onChange?.(content.value)
  })

  useEffect(() => {
    const editor = new EditorView({
      parent: host.current as HTMLElement,
      doc: formatted(value),
      extensions: [
        json(),
        lineNumbers(),
        foldGutter(),
        history(),
        drawSelection(),
        indentOnInput(),
        bracketMatching(),
        closeBrackets(),
        syntaxHighlighting(jsonColours),
        editorLook,
        EditorView.cspNonce.of(styleNonce),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ 'aria-label': label, 'aria-describedby': hint, tabindex: '0' }),
        EditorView.theme({ '.cm-scroller': { minHeight: `${minHeight}px`, maxHeight: `${maxHeight}px` } }),
        readOnly
          ? EditorState.readOnly.of(true)
          : [lintGutter(), linter(jsonParseLinter()), autocompletion({ override: [completeFromSchema(schema ?? {})] })],
        // Tab is left alone, so that the keyboard can leave the editor (WCAG 2.1.2).
        keymap.of([
          ...closeBracketsKeymap,
          ...defaultKeymap,
          ...historyKeymap,
          ...foldKeymap,
          ...completionKeymap,
          ...lintKeymap,
        ]),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) changed(update.state.doc.toString())
        }),
      ],
    })
    view.current = editor
    return () => editor.destroy()
    // Made once; what changes is brought in below.
  }, [label, schema, readOnly, minHeight, maxHeight, hint])

  useEffect(() => {
    const editor = view.current
    if (!editor) return
    const present = parse(editor.state.doc.toString())
    if (present.valid && JSON.stringify(present.value) === JSON.stringify(value)) return
    if (!present.valid && editor.hasFocus) return
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: formatted(value) } })
  }, [value])

  useEffect(() => {
    const editor = view.current
    if (!editor || !errors) return
    const diagnostics = errors.map(({ pointer, message }): Diagnostic => ({
      ...rangeAt(editor.state, pointer),
      severity: 'error',
      message,
    }))
    editor.dispatch(setDiagnostics(editor.state, diagnostics))
  }, [errors])

  return (
    <div className={classes.figure}>
      <div ref={host} />
      <Text id={hint} size="xs" c="dimmed" px="sm" py={2}>
        {readOnly ? 'Read only' : 'Ctrl-Space completes, Tab leaves the editor'}
      </Text>
    </div>
  )
}

function parse(text: string): { valid: true; value: unknown } | { valid: false } {
  try {
    return { valid: true, value: JSON.parse(text) as unknown }
  } catch {
    return { valid: false }
  }
}
