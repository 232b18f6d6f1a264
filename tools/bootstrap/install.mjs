import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { checkDisk, nodeMajor, platform, root, secondsSince } from './machine.mjs'
import { run } from './run.mjs'
import { Trouble } from './trouble.mjs'

const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

/** Installs the dependencies of the lock file when they are not there, not all there, or those of another lock file. */
export async function install() {
  checkDisk(root, 200, 'a run')
  const locked = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .update(platform)
    .digest('hex')
  if (missing().length === 0 && (stampedWith(locked) || installedByNpm())) return

  checkDisk(root, 1500, 'installing')
  const began = Date.now()
  console.log('Installing the dependencies (a minute or so, the first time) …')
  const runtime = nodeMajor >= 22 ? undefined : await fetchNode()
  try {
    await npm(['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'], root, runtime?.bin)
  } finally {
    if (runtime) rmSync(runtime.folder, { recursive: true, force: true })
  }
  const absent = missing()
  if (absent.length > 0)
    throw new Trouble(`npm left out ${absent.join(', ')}.`, 'Remove node_modules and run this again.')
  writeFileSync(stamp, locked)
  console.log(`Installed in ${secondsSince(began)}.`)
}

/** Which lock file was installed last, by this program. */
const stamp = join(root, 'node_modules', '.cartly-installed')

function stampedWith(locked) {
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === locked
}

/** Whether somebody ran npm after the lock file last changed. */
function installedByNpm() {
  const own = statSync(join(root, 'node_modules', '.package-lock.json'), { throwIfNoEntry: false })
  return own !== undefined && own.mtimeMs >= statSync(join(root, 'package-lock.json')).mtimeMs
}

/** The packages with programs for this machine that ought to be there and are not. */
function missing() {
  const ours = Object.keys(manifest.optionalDependencies).filter(
    (name) => name.endsWith(`-${platform}`) || name.endsWith(`/${platform}`),
  )
  return ours.filter((name) => !existsSync(join(root, 'node_modules', name)))
}

/**
 * A Node 24 to run npm with. npm leaves out an optional package without a word when the Node that runs npm is older than
 * the package asks for, and nats-server's asks for 22.
 */
async function fetchNode() {
  const name = `node-${platform}`
  const version = manifest.optionalDependencies[name]
  if (!version) return undefined
  const folder = mkdtempSync(join(tmpdir(), 'cartly-node-'))
  await npm(
    ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error', `--prefix=${folder}`, `${name}@${version}`],
    folder,
  )
  return { folder, bin: join(folder, 'node_modules', name, 'bin') }
}

/** npm, run by the Node in `bin` if one is given. `npm ci` would be stricter, but npm 11 refuses it where a registry lacks an optional package of another platform. */
async function npm(npmArgs, cwd, bin) {
  const env = { ...process.env, PATH: [bin, process.env.PATH].filter(Boolean).join(delimiter) }
  const { code, stderr } = await run('npm', npmArgs, { cwd, env, stdio: ['inherit', 'inherit', 'pipe'] })
  if (code === 0) return
  if (/ENOSPC/.test(stderr)) throw new Trouble('The disk is full.', 'Make room on it, and run this again.')
  if (/EACCES|EPERM/.test(stderr))
    throw new Trouble(`npm may not write to ${cwd}.`, 'Run this as the owner of the folder.')
  if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH|ECONNRESET/.test(stderr)) {
    throw new Trouble(
      'The npm registry cannot be reached.',
      'Check the network, or the proxy and registry of `npm config list`.',
    )
  }
  throw new Trouble('npm could not install the dependencies.', 'What it printed above says why.')
}
