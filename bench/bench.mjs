#!/usr/bin/env node
// bench.mjs: speed and memory of the finished program, as ratios to the databases' own tools in the same run, each the
// median of RUNS (3). It prints the figures beside what is allowed and ends with 1 where one is over; on a busy machine
// run it again. Under e2e/with-display.sh it also measures the window.
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { fileURLToPath } from 'node:url'
import { Cluster } from '../e2e/postgres.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const cofre = join(root, 'bin/cofre-cli')
const runs = Number(process.env.RUNS ?? 3)
const rows = Number(process.env.ROWS ?? 1_000_000)
const folder = mkdtempSync(join(tmpdir(), 'cofre-bench-'))
const env = { ...process.env, COFRE_HOME: join(folder, 'home'), COFRE_LANG: 'en', COFRE_KEYRING: 'off' }
const at = (name) => join(folder, name)

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]
const mb = (bytes) => `${(bytes / 1e6).toFixed(0)} MB`

/** time runs a command and returns its seconds and, on Linux, its own peak memory in bytes. */
async function time(command, ...args) {
  const start = performance.now()
  const child = spawn(command, args, { env, stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  const steps = new Map() // of --json: when each step was first heard of
  child.stderr.on('data', (chunk) => {
    said = (said + chunk).slice(-8192)
    for (const [, step] of String(chunk).matchAll(/"step":"(\w+)"/g)) if (!steps.has(step)) steps.set(step, performance.now())
  })
  let peak = 0
  const watch = setInterval(() => {
    try {
      peak = Math.max(peak, 1024 * Number(readFileSync(`/proc/${child.pid}/status`, 'utf8').match(/VmHWM:\s+(\d+)/)[1]))
    } catch {
      // not Linux, or just gone
    }
  }, 10)
  const code = await new Promise((resolve) => child.on('close', resolve))
  clearInterval(watch)
  if (code !== 0) throw new Error(`${command} ${args.join(' ')}: exit ${code}\n${said}`)
  const end = performance.now()
  const starts = [['plan', start], ...steps, ['', end]]
  const took = Object.fromEntries(starts.slice(0, -1).map(([step, from], i) => [step, (starts[i + 1][1] - from) / 1000]))
  return { seconds: (end - start) / 1000, peak, steps: took }
}

/** compare runs both, by turns, so that a busy moment hits both; of ours counts what counted says, all of it if nothing. */
async function compare(ours, theirs, counted = (one) => one.seconds) {
  const a = [], b = []
  for (let i = 0; i < runs; i++) {
    b.push(await theirs(i))
    a.push(await ours(i))
  }
  const ourSeconds = median(a.map(counted)), theirSeconds = median(b.map((one) => one.seconds))
  return { ours: ourSeconds, theirs: theirSeconds, ratio: ourSeconds / theirSeconds, peak: Math.max(...a.map((one) => one.peak)), all: a }
}

let over = 0
function figure(name, value, limit, shown, note = '') {
  const bad = value > limit
  if (bad) over++
  console.log(`${bad ? 'OVER' : 'ok  '}  ${name.padEnd(52)} ${shown.padStart(10)}  ${note}`)
}
const ratio = (name, { ours, theirs, ratio }, limit) =>
  figure(name, ratio, limit, `${ratio.toFixed(2)}x`, `at most ${limit}x: ${ours.toFixed(2)} s against ${theirs.toFixed(2)} s`)
const memory = (name, peak) => figure(name, peak, 150e6, mb(peak), 'at most 150 MB')

async function sqlite() {
  const live = at('live.sqlite3')
  await time(cofre, 'sample', live, '--rows', String(rows))
  console.log(`\nSQLite, ${mb(statSync(live).size)}`)
  const fresh = (name) => {
    rmSync(at(name), { force: true })
    rmSync(at(`${name}.json`), { force: true })
    return at(name)
  }
  const backup = await compare(
    () => time(cofre, 'backup', '--db', live, '-o', fresh('b.sqlite3'), '--quiet'),
    () => time('sqlite3', live, `.backup '${fresh('reference.sqlite3')}'`),
  )
  ratio('backup, against sqlite3 .backup', backup, 2)
  memory('  its peak memory', backup.peak)

  // What reads the archive before, and the database after, is apart: sqlite3 .restore does not check anything.
  const part = (...names) => (one) => names.reduce((sum, name) => sum + (one.steps[name] ?? 0), 0)
  const restore = await compare(
    () => time(cofre, 'restore', at('b.sqlite3'), '--db', live, '--yes', '--json'),
    () => time('sqlite3', at('reference.sqlite3'), `.restore '${at('b.sqlite3')}'`),
    part('safety', 'apply'),
  )
  ratio('safety backup and restore, against sqlite3 .restore', restore, 3)
  const [before, after, whole] = [part('plan', 'stage'), part('verify'), (one) => one.seconds].map((of) => median(restore.all.map(of)).toFixed(2))
  console.log(`      plan and checks before: ${before} s, checks after: ${after} s, the whole ${whole} s`)
  memory('  its peak memory', restore.peak)
}

async function postgres() {
  const cluster = await Cluster.start()
  try {
    cluster.sql('CREATE DATABASE live', 'postgres')
    cluster.sql(
      `CREATE TABLE purchases (id bigint PRIMARY KEY, what text, price numeric(12,2), at timestamptz, paid bool);
       INSERT INTO purchases SELECT i, 'Compra número ' || i || md5(i::text), i / 7.0, now(), i % 2 = 0 FROM generate_series(1, ${rows}) i;
       CREATE INDEX ON purchases (at); ANALYZE`,
      'live',
    )
    const url = cluster.url('live')
    console.log(`\nPostgreSQL ${cluster.sql('SHOW server_version', 'live')}, ${rows} rows, ${mb(Number(cluster.sql("SELECT pg_database_size('live')", 'live')))}`)
    const fresh = () => {
      rmSync(at('b.dump'), { force: true })
      rmSync(at('b.dump.json'), { force: true })
      return at('b.dump')
    }
    const ours = () => time(cofre, 'backup', '--db', url, '-o', fresh(), '--quiet')
    const fast = await compare(ours, () => time('pg_dump', '-Fc', '-Z1', '-f', at('z1.dump'), url))
    ratio('backup, against pg_dump -Fc -Z1', fast, 1.15)
    memory('  its peak memory', fast.peak)
    const plain = await compare(ours, () => time('pg_dump', '-Fc', '-f', at('z6.dump'), url))
    figure('backup, against pg_dump -Fc', plain.ratio, 0.4, `${(1 / plain.ratio).toFixed(2)}x`, `faster, at least 2.5x: ${plain.ours.toFixed(2)} s against ${plain.theirs.toFixed(2)} s`)
    const [size, reference] = [statSync(at('b.dump')).size, statSync(at('z6.dump')).size]
    figure('its file, against pg_dump -Fc', size / reference, 1.1, `${(size / reference).toFixed(2)}x`, `at most 1.1x: ${mb(size)} against ${mb(reference)}`)
    const restore = await time(cofre, 'restore', at('b.dump'), '--db', url, '--yes', '--json')
    console.log(`      restore, whole: ${restore.seconds.toFixed(2)} s`)
    memory('restore, peak memory', restore.peak)
  } finally {
    await cluster.stop()
  }
}

try {
  await sqlite()
  await postgres()
  if (process.env.SCREEN_FILE) {
    const { measureWindow } = await import('../e2e/measure.mjs')
    console.log('\nWindow')
    for (const { name, ms, limit, note } of await measureWindow()) figure(name, ms, limit, `${ms.toFixed(0)} ms`, note)
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
console.log(over ? `\n${over} over the limit` : '\nall within the limits')
process.exitCode = over ? 1 : 0
