// Runs `go test -json`, prints it for people, and counts: a passing package is one line; a failing test brings all
// that it said, once its package has ended.
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { once } from 'node:events'

/**
 * gotest runs `go test` with args and returns how many tests passed, failed and were skipped. A test that has subtests
 * is counted by them, and by itself only where it failed while they did not. A package that fails without a failing
 * test (it does not compile, it panics, it runs into the time limit) counts as one failure.
 */
export async function gotest(args, env) {
  const go = spawn('go', ['test', '-json', ...args], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  const packages = new Map()
  const builds = new Map() // what the compiler said, by import path
  const totals = { passed: 0, failed: 0, skipped: 0 }
  const exit = once(go, 'close')

  for await (const line of createInterface({ input: go.stdout })) {
    let event
    try {
      event = JSON.parse(line)
    } catch {
      console.log(line)
      continue
    }
    if (event.Action === 'build-output') {
      builds.set(event.ImportPath, (builds.get(event.ImportPath) ?? '') + event.Output)
      continue
    }
    if (!event.Package) continue
    const pkg = packages.get(event.Package) ?? packages.set(event.Package, { tests: new Map(), output: '' }).get(event.Package)
    const test = event.Test && (pkg.tests.get(event.Test) ?? pkg.tests.set(event.Test, { output: '' }).get(event.Test))
    if (event.Action === 'output') (test || pkg).output += event.Output
    else if (test && ['pass', 'fail', 'skip'].includes(event.Action)) test.result = event.Action
    else if (!test && ['pass', 'fail', 'skip'].includes(event.Action)) {
      const counted = count(pkg.tests, event.Action)
      for (const key of Object.keys(totals)) totals[key] += counted[key]
      report(event, pkg, counted, builds)
      packages.delete(event.Package)
    }
  }
  const [code] = await exit
  if (code !== 0 && totals.failed === 0) totals.failed = 1
  return totals
}

function count(tests, verdict) {
  const counted = { passed: 0, failed: 0, skipped: 0 }
  const names = [...tests.keys()]
  for (const [name, test] of tests) {
    test.result ??= 'fail' // it was running when the process ended
    const below = names.filter((other) => other.startsWith(name + '/'))
    if (below.length === 0) counted[{ pass: 'passed', fail: 'failed', skip: 'skipped' }[test.result]]++
    else if (test.result === 'fail' && below.every((other) => tests.get(other).result !== 'fail')) counted.failed++
  }
  if (verdict === 'fail' && counted.failed === 0) counted.failed = 1
  return counted
}

function report(event, pkg, counted, builds) {
  const seconds = event.Elapsed === undefined ? '' : `${event.Elapsed.toFixed(1)} s`
  if (event.Action !== 'fail') {
    if (counted.passed + counted.skipped > 0) {
      const skipped = counted.skipped ? `, ${counted.skipped} skipped` : ''
      console.log(`ok    ${event.Package.padEnd(40)} ${seconds.padStart(8)}  ${counted.passed} passed${skipped}`)
    }
    return
  }
  console.log(`FAIL  ${event.Package.padEnd(40)} ${seconds.padStart(8)}  ${counted.failed} failed`)
  if (event.FailedBuild) process.stdout.write(indent(builds.get(event.FailedBuild) ?? ''))
  const failed = [...pkg.tests.values()].filter((test) => test.result === 'fail')
  for (const test of failed) process.stdout.write(indent(test.output))
  // Without a failing test the package's own words are all there is: a panic, TestMain, the time limit.
  if (failed.length === 0) process.stdout.write(indent(pkg.output))
}

const indent = (text) => text.replace(/^(?=.)/gm, '      ')
