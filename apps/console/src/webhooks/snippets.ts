/** The programs, as they are. */
const programs = import.meta.glob<string>('./receivers/*', { query: '?raw', import: 'default', eager: true })
const program = (name: string): string => programs[`./receivers/${name}`] ?? ''

interface Snippet {
  readonly language: string
  /** What it needs beside the language; nothing when absent. */
  readonly install?: string
  readonly code: string
}

/** The least a receiver needs, by how the webhook signs: whole programs, which run as they stand. */
export const snippets: Readonly<Record<'v1' | 'v1a', readonly Snippet[]>> = {
  v1: [
    { language: 'TypeScript', install: 'npm install standardwebhooks', code: program('secret.ts') },
    { language: 'Python', install: 'pip install flask standardwebhooks', code: program('secret.py') },
    { language: 'PHP', install: 'composer require standard-webhooks/standard-webhooks', code: program('secret.php') },
    {
      language: 'Go',
      install: 'go get github.com/standard-webhooks/standard-webhooks/libraries',
      code: program('secret.go'),
    },
  ],
  v1a: [
    { language: 'TypeScript', code: program('key-pair.ts') },
    { language: 'Python', install: 'pip install flask cryptography', code: program('key-pair.py') },
    { language: 'PHP', code: program('key-pair.php') },
    { language: 'Go', code: program('key-pair.go') },
  ],
}
