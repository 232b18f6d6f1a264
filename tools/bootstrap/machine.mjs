import { statfsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Trouble } from './trouble.mjs'

/** The folder of this checkout. */
export const root = fileURLToPath(new URL('../..', import.meta.url))

/** This machine, as npm packages with programs name it: `linux-x64`. */
export const platform = `${process.platform}-${process.arch}`

/** The major version of the Node that runs this. */
export const nodeMajor = Number(process.versions.node.split('.')[0])

/** How long ago, such as `3.2 s`. */
export function secondsSince(began) {
  return `${((Date.now() - began) / 1000).toFixed(1)} s`
}

export function checkMachine() {
  if (nodeMajor < 20) {
    throw new Trouble(
      `This is Node ${process.versions.node}; at least 20 is needed.`,
      'Install a newer one: https://nodejs.org',
    )
  }
  if (process.platform === 'win32') {
    throw new Trouble('Windows cannot run the embedded servers.', 'Use WSL 2: https://learn.microsoft.com/windows/wsl')
  }
}

export function checkDisk(folder, megabytes, purpose) {
  const { bavail, bsize } = statfsSync(folder)
  const free = Math.floor((bavail * bsize) / 2 ** 20)
  if (free >= megabytes) return
  throw new Trouble(
    `The disk of ${folder} has ${free} MiB left; ${purpose} takes about ${megabytes}.`,
    'Make room on it.',
  )
}
