import { HighlightStyle } from '@codemirror/language'
import { EditorView } from '@codemirror/view'
import { tags } from '@lezer/highlight'

/** As the rest of the console looks, in both colour schemes. */
export const editorLook = EditorView.theme({
  '&': { fontSize: '12.5px', color: 'var(--mantine-color-text)' },
  '&.cm-focused': { outline: '2px solid var(--mantine-color-anchor)', outlineOffset: '-2px' },
  '.cm-scroller': { fontFamily: 'var(--mantine-font-family-monospace)', lineHeight: '1.55' },
  '.cm-content': { caretColor: 'var(--mantine-color-text)' },
  '.cm-cursor': { borderLeftColor: 'var(--mantine-color-text)' },
  '.cm-gutters': { background: 'transparent', border: 'none', color: 'var(--mantine-color-dimmed)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    background: 'light-dark(#cfeeea, #0b4a45)',
  },
  '.cm-tooltip': {
    background: 'var(--mantine-color-body)',
    border: '1px solid var(--mantine-color-default-border)',
    borderRadius: 'var(--mantine-radius-md)',
    color: 'var(--mantine-color-text)',
  },
  '.cm-tooltip-autocomplete ul li[aria-selected]': {
    background: 'var(--mantine-primary-color-filled)',
    color: '#fff',
  },
})

export const jsonColours = HighlightStyle.define([
  { tag: tags.propertyName, color: 'light-dark(#0b5a74, #7cc7e0)' },
  { tag: tags.string, color: 'light-dark(#1c6b2c, #8fd39b)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'light-dark(#963a00, #f0b47c)' },
])
