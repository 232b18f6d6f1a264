import { readFileSync, writeFileSync } from 'node:fs'

/*
 * Completes package-lock.json with the optional packages of other platforms that the registry at hand does not have.
 * npm leaves those out of the lock file, and `npm ci` then refuses it, here and everywhere. What is added names version
 * and platform, so a machine of that platform fetches it and all others pass it over.
 *
 *   node tools/complete-lockfile.mjs           after `npm install`
 *   node tools/complete-lockfile.mjs --check   exits 1 when something is missing
 */
const file = new URL('../package-lock.json', import.meta.url)
const lock = JSON.parse(readFileSync(file, 'utf8'))

const systems = ['darwin', 'linux', 'win32', 'freebsd', 'openbsd', 'netbsd', 'sunos', 'aix', 'android', 'openharmony']
const processors = ['arm64', 'x64', 'ia32', 'arm', 'ppc64', 's390x', 'riscv64', 'loong64', 'mips64el', 'wasm32']

/** `@swc/core-linux-x64-musl` is for linux, x64, musl; undefined for a name that says nothing of a platform. */
function platformOf(name) {
  const words = name.split(/[-/]/)
  const os = systems.filter((system) => words.includes(system))
  const cpu = processors.filter((processor) => words.includes(processor) || words.includes(`${processor}le`))
  if (os.length === 0 && cpu.length === 0) return undefined
  const libc = words.some((word) => word.startsWith('musl'))
    ? ['musl']
    : words.some((word) => word.startsWith('gnu'))
      ? ['glibc']
      : undefined
  return {
    ...(os.length > 0 ? { os } : {}),
    ...(cpu.length > 0 ? { cpu } : {}),
    ...(libc && os[0] === 'linux' ? { libc } : {}),
  }
}

function isLocked(from, name) {
  for (let folder = from; ; folder = folder.slice(0, folder.lastIndexOf('/node_modules/'))) {
    if (lock.packages[`${folder}/node_modules/${name}`.replace(/^\//, '')]) return true
    if (!folder.includes('/node_modules/')) return Boolean(lock.packages[`node_modules/${name}`])
  }
}

const added = []
for (const [path, { optionalDependencies = {} }] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(optionalDependencies)) {
    const platform = platformOf(name)
    if (!platform || !/^\d+\.\d+\.\d+/.test(version) || isLocked(path, name)) continue
    lock.packages[`node_modules/${name}`] = { version, ...platform, optional: true }
    added.push(name)
  }
}

if (process.argv.includes('--check')) {
  if (added.length > 0)
    console.error(`package-lock.json lacks ${added.join(', ')}: run node tools/complete-lockfile.mjs`)
  process.exit(added.length > 0 ? 1 : 0)
}
const [root, ...rest] = Object.entries(lock.packages)
lock.packages = Object.fromEntries([root, ...rest.toSorted(([a], [b]) => (a < b ? -1 : 1))])
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`)
console.log(added.length === 0 ? 'Nothing is missing.' : `Added ${added.join(', ')}.`)
