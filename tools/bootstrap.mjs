// What every npm script runs, on whatever Node the machine has: it installs what is missing, builds what is stale and hands
// over to Node 24. Only Node's own modules may be imported here, since nothing else may be there yet.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildConsole } from './bootstrap/console.mjs'
import { install } from './bootstrap/install.mjs'
import { checkMachine, root, secondsSince } from './bootstrap/machine.mjs'
import { becomeNode, run, runBin, runNode, runSource } from './bootstrap/run.mjs'
import { Trouble } from './bootstrap/trouble.mjs'

const [command, ...args] = process.argv.slice(2)

const commands = { start, test, 'test:faults': testFaults, bench, check, template }

const counts = command === 'test' || command === 'test:faults'
try {
  const carryOut = commands[command]
  if (!carryOut)
    throw new Trouble(`There is no command "${command}".`, `Use one of: ${Object.keys(commands).join(', ')}.`)
  checkMachine()
  await install()
  process.exitCode = await carryOut(args)
} catch (error) {
  console.error(error instanceof Trouble ? `\n✗ ${error.message}` : error)
  if (counts) console.log('0 passed, 1 failed')
  process.exitCode = 1
}

async function start(flags) {
  await build()
  return becomeNode(['--expose-gc', '--max-semi-space-size=2', join(root, 'libs/launcher/dist/start.js'), ...flags])
}

async function test(selection) {
  await build()
  return runJest(selection, {})
}

async function testFaults(selection) {
  await build()
  return runJest(['--runInBand', ...selection], { TEST_LEVEL: 'faults' })
}

async function bench(names) {
  await build()
  return runSource('bench/run.ts', names)
}

function template(rest) {
  return runSource('tools/template.ts', rest)
}

/** Everything that must hold before a change is handed in; all of it runs, so that one look shows all that is wrong. */
async function check() {
  const generators = readdirSync(join(root, 'tools')).filter((name) => /^generate-.*\.ts$/.test(name))
  const steps = [
    ['format', () => runBin('oxfmt', ['--check', '.'])],
    ['lint', () => runBin('oxlint', ['--max-warnings=0'])],
    ['boundaries', () => runSource('tools/check-boundaries.ts', [])],
    ['types', () => runBin('tsc', ['-p', 'tsconfig.check.json', '--noEmit'])],
    ['console', () => runConsoleCheck()],
    ...generators.map((name) => [`${name} up to date`, () => runSource(`tools/${name}`, ['--check'])]),
  ]
  const failed = []
  for (const [name, step] of steps) if ((await step()) !== 0) failed.push(name)
  if (failed.length === 0) console.log(`✓ ${steps.map(([name]) => name).join(', ')}`)
  else console.error(`✗ ${failed.join(', ')}`)
  return failed.length === 0 ? 0 : 1
}

/** The console's types, which are those of another program, and its client, which is made from the API. */
async function runConsoleCheck() {
  await build()
  const { code } = await run('npm', ['run', '--silent', 'check', '--workspace=@cartly/console'], {
    cwd: root,
    stdio: 'inherit',
  })
  return code
}

/** Runs the tests; the last line counts them, a spec file that could not run counting as one that failed. */
async function runJest(selection, env) {
  const folder = mkdtempSync(join(tmpdir(), 'cartly-jest-'))
  try {
    const outcome = join(folder, 'outcome.json')
    const jest = ['node_modules/jest/bin/jest.js', '--json', `--outputFile=${outcome}`, ...selection]
    const code = await runNode(['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', ...jest], env)
    if (!existsSync(outcome)) throw new Trouble('Jest ended without a result.', 'What it printed above says why.')
    const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites } = JSON.parse(readFileSync(outcome, 'utf8'))
    const failed = numFailedTests + numRuntimeErrorTestSuites
    if (numPassedTests + failed === 0) throw new Trouble('No test was run.', 'Is the name of the spec file right?')
    console.log(`${numPassedTests} passed, ${failed} failed`)
    return failed > 0 ? 1 : code
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** `tsc -b` looks at what changed by itself; with nothing to do it takes a tenth of a second. */
async function build() {
  const fresh = existsSync(join(root, 'libs/launcher/dist/index.js'))
  const began = Date.now()
  if (!fresh) console.log('Building …')
  if ((await runBin('tsc', ['-b'])) !== 0) throw new Trouble('The sources do not compile.', 'The errors are above.')
  if (!fresh) console.log(`Built in ${secondsSince(began)}.`)
  await buildConsole()
}
