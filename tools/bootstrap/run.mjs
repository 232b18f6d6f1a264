import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { nodeMajor, platform, root } from './machine.mjs'
import { Trouble } from './trouble.mjs'

/** A program of node_modules. */
export function runBin(name, binArgs) {
  return runNode([join(root, 'node_modules', '.bin', name), ...binArgs])
}

/** A file of the sources as it is: Node 24 strips the types, and packages resolve to their sources too. */
export function runSource(file, rest) {
  if (!existsSync(join(root, file))) throw new Trouble(`${file} is not there.`, 'Is this checkout whole?')
  return runNode(['--conditions=@cartly/source', join(root, file), ...rest])
}

/** Runs Node 24 and resolves with its exit code. */
export async function runNode(nodeArgs, env = {}) {
  const bin = join(root, 'node_modules', `node-${platform}`, 'bin')
  if (!existsSync(bin) && nodeMajor < 24) {
    throw new Trouble(
      `There is no Node 24 for ${platform} on npm, and this is ${process.versions.node}.`,
      'Install Node 24.',
    )
  }
  const { code } = await run('node', nodeArgs, {
    cwd: root,
    env: { ...process.env, ...env, PATH: [bin, process.env.PATH].join(delimiter) },
    stdio: 'inherit',
  })
  return code
}

/**
 * Runs a program to its end; the signals that would end this process are its to answer. The end of npm, or of the shell
 * that npm runs scripts in and that passes no signal on, counts as one.
 *
 * @returns its exit code, and its standard error where that is piped (it is shown all the same).
 */
export function run(program, programArgs, options) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, programArgs, options)
    const passOn = (name) => child.kill(name)
    process.on('SIGTERM', passOn).on('SIGINT', passOn)
    const parent = process.ppid
    const watch = setInterval(() => process.ppid === parent || passOn('SIGTERM'), 1000)
    let stderr = ''
    child.stderr?.on('data', (chunk) => {
      process.stderr.write(chunk)
      stderr += chunk
    })
    child.once('error', (error) =>
      reject(
        error.code === 'ENOENT'
          ? new Trouble(`${program} is not on the PATH.`, 'Install Node.js with npm: https://nodejs.org')
          : error,
      ),
    )
    child.once('close', (code, name) => {
      clearInterval(watch)
      process.off('SIGTERM', passOn).off('SIGINT', passOn)
      resolve({ code: code ?? (name === 'SIGINT' ? 130 : 1), stderr })
    })
  })
}
