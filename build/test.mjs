#!/usr/bin/env node
// test.mjs GROUP...: runs the suites of the groups (go, frontend, e2e) one after the other, all of them whatever
// fails, and ends with one line that sums them up: "N passed, N failed". The exit code is 0 only where nothing failed
// and every suite had tests.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { gotest } from './gotest.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
process.chdir(root)
const reports = join(root, '.cache/test')
mkdirSync(reports, { recursive: true })

// What the caller has set for their own Cofre and their own PostgreSQL is no business of the tests.
const env = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(PG[A-Z]+|COFRE_(?!TEST_).*|NODE_ENV|GOFLAGS)$/.test(name)),
)
env.CHROMIUM = chromium()

const window = 'desktop,production,webkit2_41'
const suites = {
  go: [
    ['go vet', () => check('go', 'vet', './...')],
    ['go vet, with the window', () => check('go', 'vet', '-tags', window, '.')],
    ['go test', () => gotest(['-timeout', '15m', './...'], env)],
  ],
  frontend: [
    ['frontend builds', () => check('build/build.sh', 'frontend')],
    ['frontend is small', small],
    ['svelte-check', () => npm('check')],
    ['eslint and prettier', () => npm('lint')],
    ['vitest', vitest],
    ['playwright', playwright],
  ],
  e2e: [
    ['window builds', () => check('build/build.sh', 'window')],
    ['real window', realWindow],
  ],
}

function run(command, args, options = {}) {
  const { status, error } = spawnSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'], env, ...options })
  if (error) console.log(`${command}: ${error.message}`)
  return status === 0
}

/** check is a suite of one: the command succeeds or it does not. */
function check(command, ...args) {
  return run(command, args) ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 }
}

const npm = (script) => check('npm', '--prefix', 'frontend', 'run', '--silent', script)

/** reported runs a command that leaves a report, and reads the counts from it; no report is a failure. */
function reported(file, counts, command, args, options) {
  rmSync(file, { force: true })
  const ok = run(command, args, options)
  if (!existsSync(file)) return { passed: 0, failed: 1 }
  const totals = counts(readFileSync(file, 'utf8'))
  if (!ok && totals.failed === 0) totals.failed = 1
  return totals
}

/** small: what the page loads is at most 350 KB as a gzip. */
function small() {
  const folder = 'frontend/dist/assets'
  const bytes = readdirSync(folder).reduce((sum, name) => sum + gzipSync(readFileSync(join(folder, name))).length, 0)
  console.log(`The page is ${Math.round(bytes / 1000)} KB as a gzip; 350 KB is the most.`)
  return bytes > 0 && bytes <= 350_000 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 }
}

function vitest() {
  const file = join(reports, 'vitest.json')
  const counts = (text) => {
    const { numPassedTests, numFailedTests, numPendingTests } = JSON.parse(text)
    return { passed: numPassedTests, failed: numFailedTests, skipped: numPendingTests }
  }
  return reported(file, counts, 'npx', ['vitest', 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`], {
    cwd: 'frontend',
  })
}

function playwright() {
  if (check('build/build.sh', 'dev').failed) return { passed: 0, failed: 1 }
  if (!env.CHROMIUM) run('npx', ['playwright', 'install', 'chromium'], { cwd: 'frontend' })
  const file = join(reports, 'playwright.json')
  const counts = (text) => {
    const { expected, unexpected, flaky, skipped } = JSON.parse(text).stats
    return { passed: expected + flaky, failed: unexpected, skipped }
  }
  return reported(file, counts, 'npx', ['playwright', 'test', '--reporter=list,json'], {
    cwd: 'frontend',
    env: { ...env, PLAYWRIGHT_JSON_OUTPUT_FILE: file },
  })
}

function realWindow() {
  if (process.platform !== 'linux') {
    console.log('The real window is driven on Linux only: it takes an X server and WebKitWebDriver.')
    return { passed: 0, failed: 0, absent: true }
  }
  const file = join(reports, 'e2e.tap')
  const tests = readdirSync('e2e').filter((name) => name.endsWith('.test.mjs'))
  const counts = (text) => {
    const of = (what) => Number(text.match(new RegExp(`^# ${what} (\\d+)$`, 'm'))?.[1] ?? 0)
    return { passed: of('pass'), failed: of('fail') + of('cancelled'), skipped: of('skipped') }
  }
  const reporters = ['spec', 'stdout', 'tap', file].map((value, i) => (i % 2 ? '--test-reporter-destination=' : '--test-reporter=') + value)
  return reported(
    file,
    counts,
    'e2e/with-display.sh',
    ['node', '--test', '--test-concurrency=1', '--test-timeout=600000', ...reporters, ...tests.map((name) => `e2e/${name}`)],
  )
}

/** chromium is a browser of this machine; "" lets Playwright use the build that it brings. */
function chromium() {
  for (const name of ['chromium', 'google-chrome', 'google-chrome-stable']) {
    for (const dir of process.env.PATH.split(':')) if (existsSync(join(dir, name))) return join(dir, name)
  }
  return ''
}

const results = []
for (const group of process.argv.slice(2)) {
  for (const [name, suite] of suites[group]) {
    console.log(`\n== ${name} ==`)
    const start = Date.now()
    const result = { name, skipped: 0, ...(await suite()) }
    if (result.passed + result.failed === 0 && !result.absent) {
      console.log(`${name}: no test ran`)
      result.failed = 1
    }
    results.push({ ...result, seconds: (Date.now() - start) / 1000 })
  }
}

console.log('\n== all suites ==')
for (const { name, passed, failed, skipped, seconds } of results) {
  const rest = (failed ? `, ${failed} FAILED` : '') + (skipped ? `, ${skipped} skipped` : '')
  console.log(`${name.padEnd(26)} ${`${seconds.toFixed(0)} s`.padStart(6)}  ${passed} passed${rest}`)
}
const sum = (key) => results.reduce((total, result) => total + result[key], 0)
console.log(`${sum('passed')} passed, ${sum('failed')} failed`)
process.exitCode = sum('failed') === 0 && sum('passed') > 0 ? 0 : 1
