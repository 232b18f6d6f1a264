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
  const { program, path } = node24()
  const { code } = await run(program, nodeArgs, {
    cwd: root,
    env: { ...process.env, ...env, PATH: path },
    stdio: 'inherit',
  })
  return code
}

/** As `runNode`, for what runs for hours: where this Node can, it becomes the other, so that none waits beside it. */
export async function becomeNode(nodeArgs) {
  if (!process.execve) return runNode(nodeArgs)
  const { program, path } = node24()
  process.chdir(root)
  return process.execve(program, [program, ...nodeArgs], { ...process.env, PATH: path })
}

/** Where Node 24 is: the one of node_modules, or else this one; and the path on which it comes first. */
function node24() {
  const bin = join(root, 'node_modules', `node-${platform}`, 'bin')
  const there = existsSync(bin)
  if (!there && nodeMajor < 24) {
    throw new Trouble(
      `There is no Node 24 for ${platform} on npm, and this is ${process.versions.node}.`,
      'Install Node 24.',
    )
  }
  return { program: there ? join(bin, 'node') : process.execPath, path: [bin, process.env.PATH].join(delimiter) }
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
