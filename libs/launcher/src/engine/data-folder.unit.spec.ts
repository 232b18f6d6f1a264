import { describe, expect, it } from '@jest/globals'
import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { resetFolder } from './data-folder.ts'

describe('resetting a folder', () => {
  const folderWith = (...names: string[]): string => {
    const folder = mkdtempSync(join(tmpdir(), 'cartly-reset-'))
    for (const name of names) {
      if (name.includes('.')) writeFileSync(join(folder, name), '{}')
      else mkdirSync(join(folder, name))
    }
    return folder
  }

  it('removes what an engine kept there, and nothing else', async () => {
    const folder = folderWith('nats', 'logs', 'secrets.json', 'notes.txt')
    await resetFolder(folder)
    expect(['nats', 'logs', 'secrets.json', 'notes.txt'].filter((name) => existsSync(join(folder, name)))).toEqual([
      'notes.txt',
    ])
  })

  it('leaves alone what only has the same names', async () => {
    const folder = folderWith('logs', 'services')
    await expect(resetFolder(folder)).rejects.toThrow(/is no engine’s folder, so nothing was removed/)
    expect(existsSync(join(folder, 'logs'))).toBe(true)
  })
})
