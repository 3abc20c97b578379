#!/usr/bin/env node
// torture.mjs: for TIMES (20) rounds and both kinds of database, does to a restore what must not hurt: kills it at a
// random moment, fills the disk under it, gives it a file that was cut or has a flipped bit. After each round the live
// database holds all of the old content or all of the new, is sound, and a restore that is left in peace works. The
// rounds are the same for the same SEED.
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { setTimeout as pause } from 'node:timers/promises'
import { Cluster } from './postgres.mjs'

const cofre = join(dirname(dirname(fileURLToPath(import.meta.url))), 'bin/cofre-cli')
const times = Number(process.env.TIMES ?? 20)
const seed = Number(process.env.SEED ?? Date.now() % 1e6)
const folder = mkdtempSync(join(tmpdir(), 'cofre-torture-'))
const env = { ...process.env, COFRE_HOME: join(folder, 'home'), COFRE_LANG: 'en', COFRE_KEYRING: 'off' }
const at = (name) => join(folder, name)

let state = seed
/** random is a number below n, by mulberry32. */
function random(n) {
  state = (state + 0x6d2b79f5) | 0
  let t = Math.imul(state ^ (state >>> 15), 1 | state)
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
  return ((t ^ (t >>> 14)) >>> 0) % n
}

function must(condition, what) {
  if (!condition) throw new Error(what)
}

function run(command, args, options = {}) {
  const done = spawnSync(command, args, { env, encoding: 'utf8', maxBuffer: 1 << 30, ...options })
  must(!done.error, `${command}: ${done.error?.message}`)
  return done
}
function ok(command, ...args) {
  const done = run(command, args)
  must(done.status === 0, `${command} ${args.join(' ')}: exit ${done.status}\n${done.stderr}`)
  return done.stdout
}

const digest = (text) => createHash('sha256').update(text.split('\n').sort().join('\n')).digest('hex')
const flip = (file) => {
  const bytes = readFileSync(file)
  bytes[random(bytes.length)] ^= 1 << random(8)
  writeFileSync(file, bytes)
}

/** The two kinds, each with its live database, and how to look at it without Cofre. */
const sqlite = {
  name: 'SQLite',
  backup: at('new.sqlite3'),
  url: at('live.sqlite3'),
  async prepare() {
    ok(cofre, 'sample', this.url, '--rows', '60000')
    this.new = this.content()
    ok(cofre, 'backup', '--db', this.url, '-o', this.backup, '--quiet')
    ok('sqlite3', this.url, 'CREATE TABLE later (x); INSERT INTO later SELECT hex(randomblob(50)) FROM generate_series(1, 20000)')
    copyFileSync(this.url, at('old.sqlite3'))
    this.old = this.content()
  },
  reset() {
    for (const rest of ['', '-wal', '-shm', '-journal']) rmSync(this.url + rest, { force: true })
    copyFileSync(at('old.sqlite3'), this.url)
  },
  content() {
    must(ok('sqlite3', this.url, 'PRAGMA integrity_check').trim() === 'ok', 'integrity_check of the live database')
    return digest(ok('sqlite3', this.url, '.dump'))
  },
  async finish() {},
}
const postgres = {
  name: 'PostgreSQL',
  backup: at('new.dump'),
  async prepare() {
    this.cluster = await Cluster.start()
    this.url = this.cluster.url('live')
    this.cluster.sql('CREATE DATABASE live', 'postgres')
    this.cluster.sql('CREATE TABLE a (id serial PRIMARY KEY, v text); INSERT INTO a (v) SELECT md5(i::text) FROM generate_series(1, 60000) i; CREATE INDEX ON a (v); CREATE VIEW b AS SELECT * FROM a WHERE id < 9', 'live')
    this.new = this.content()
    ok(cofre, 'backup', '--db', this.url, '-o', this.backup, '--quiet')
    this.cluster.sql('DROP VIEW b; DELETE FROM a WHERE id % 3 = 0; CREATE TABLE later (x text); INSERT INTO later SELECT v FROM a', 'live')
    this.old = this.content()
    this.cluster.sql('CREATE DATABASE old TEMPLATE live', 'postgres')
  },
  reset() {
    this.cluster.sql('DROP DATABASE live WITH (FORCE)', 'postgres')
    this.cluster.sql('CREATE DATABASE live TEMPLATE old', 'postgres')
  },
  content() {
    const dump = ok('pg_dump', '--no-owner', this.url)
    return digest(dump.replace(/^\\(un)?restrict .*$/gm, ''))
  },
  finish() {
    return this.cluster?.stop()
  },
}

const restore = (kind, file = kind.backup) => ['restore', file, '--db', kind.url, '--yes', '--json']

/** whole says which content the live database holds, and that it is one of the two. */
function whole(kind) {
  const now = kind.content()
  must(now === kind.old || now === kind.new, `${kind.name}: the live database holds neither the old nor the new content`)
  return now === kind.old ? 'old' : 'new'
}

const ways = {
  /** Killed without warning, at any moment of a restore's usual time. */
  async kill(kind) {
    const child = spawn(cofre, restore(kind), { env, stdio: 'ignore' })
    const gone = new Promise((resolve) => child.on('exit', resolve))
    await Promise.race([pause(random(kind.usual)), gone])
    child.kill('SIGKILL')
    await gone
    return whole(kind)
  },
  cut(kind) {
    const file = at(`cut-${kind.backup.split('/').pop()}`)
    copyFileSync(kind.backup, file)
    truncateSync(file, random(statSync(file).size))
    const { status } = run(cofre, restore(kind, file))
    must(status !== 0, `${kind.name}: a cut backup was restored`)
    must(whole(kind) === 'old', `${kind.name}: a cut backup changed the database`)
    return `exit ${status}`
  },
  flip(kind) {
    const file = at(`flip-${kind.backup.split('/').pop()}`)
    copyFileSync(kind.backup, file)
    // With its manifest: without one a flipped byte of a row is a row like any other.
    if (existsSync(`${kind.backup}.json`)) copyFileSync(`${kind.backup}.json`, `${file}.json`)
    flip(file)
    const { status } = run(cofre, restore(kind, file))
    must(status !== 0, `${kind.name}: a backup with a flipped bit was restored`)
    must(whole(kind) === 'old', `${kind.name}: a backup with a flipped bit changed the database`)
    return `exit ${status}`
  },
  /** No room for the safety backup, or for half of it: the repository is on a small file system. */
  fill(kind) {
    if (process.platform !== 'linux' || process.getuid() !== 0) return 'not here: it takes root on Linux'
    const home = at('full')
    mkdirSync(home, { recursive: true })
    ok('mount', '-t', 'tmpfs', '-o', `size=${1 + random(8)}m`, 'tmpfs', home)
    try {
      const { status } = run(cofre, [...restore(kind), '--home', home])
      const now = whole(kind)
      must(status === 0 ? now === 'new' : now === 'old', `${kind.name}: exit ${status}, and the database holds the ${now} content`)
      return `exit ${status}`
    } finally {
      ok('umount', home)
    }
  },
}

console.log(`SEED=${seed} TIMES=${times}`)
try {
  for (const kind of [sqlite, postgres]) {
    await kind.prepare()
    const start = Date.now()
    ok(cofre, ...restore(kind))
    kind.usual = Math.ceil((Date.now() - start) * 1.1)
    must(whole(kind) === 'new', `${kind.name}: a restore in peace`)
    for (const [name, way] of Object.entries(ways)) {
      const seen = new Map()
      for (let i = 0; i < times; i++) {
        kind.reset()
        const ending = await way(kind)
        seen.set(ending, (seen.get(ending) ?? 0) + 1)
      }
      kind.reset()
      ok(cofre, ...restore(kind))
      must(whole(kind) === 'new', `${kind.name}: a restore in peace after ${name}`)
      console.log(`${kind.name.padEnd(10)} ${name.padEnd(4)} ${times} times: ${[...seen].map(([ending, n]) => `${ending} ${n}`).join(', ')}`)
    }
  }
  console.log('all of the old or all of the new, each time')
} finally {
  await postgres.finish()
  rmSync(folder, { recursive: true, force: true })
}
