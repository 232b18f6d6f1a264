import { Skeleton } from '@mantine/core'
import { lazy, Suspense } from 'react'
import type { CodeEditorProps } from './code-editor.tsx'

const CodeEditor = lazy(() => import('./code-editor.tsx'))

/** JSON to edit, with completion from a schema and errors at their place. Its script is fetched when first needed. */
export function JsonEditor(props: CodeEditorProps) {
  return (
    <Suspense fallback={<Skeleton height={props.minHeight ?? 200} role="status" aria-label="Loading the editor" />}>
      <CodeEditor {...props} />
    </Suspense>
  )
}
