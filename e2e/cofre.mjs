// One Cofre for one test: the finished program with data of its own, and what every flow begins with.
import { execFileSync, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import * as desktop from './desktop.mjs'
import { Page } from './page.mjs'
import { capture } from './screen.mjs'

const here = dirname(fileURLToPath(import.meta.url))
const program = process.env.E2E_PROGRAM ?? join(here, '../bin/cofre')
const native = join(here, '.out/native')
execFileSync(join(here, 'native.sh'), [native], { stdio: 'inherit' })

export const administrator = { name: 'Ana', password: 'três pratos de trigo' }

/**
 * flow is a test with a Cofre of its own, not started yet. When it fails, e2e/.out/NAME has a picture of the screen,
 * the page's text and what the program printed.
 */
export function flow(name, body) {
  test(name, async () => {
    const cofre = new Cofre()
    try {
      await body(cofre)
    } catch (error) {
      error.message += await cofre.evidence(name)
      throw error
    } finally {
      await cofre.remove()
    }
  })
}

export class Cofre {
  constructor(folder = mkdtempSync(join(tmpdir(), 'cofre-e2e-'))) {
    this.folder = folder
    this.home = this.at('home')
  }

  /** env is what every start of this Cofre finds around it. */
  get env() {
    return { ...process.env, COFRE_HOME: this.home, COFRE_KEYRING: 'off', COFRE_LANG: 'en' }
  }

  /** at is a path in the test's own folder, which goes with the test. */
  at(name) {
    return join(this.folder, name)
  }

  /** start opens the window. env and args add to what it is started with; without names folders that it finds empty, with nothing on its PATH. */
  async start({ env = {}, args = [], without } = {}) {
    this.page = await Page.open({ program, args, env: { ...this.env, ...env }, folder: this.folder, native, without })
    return this.page
  }

  /** startAgain starts the program once more on the same data, and waits for its end; it answers the exit code. */
  async startAgain(...args) {
    const again = spawn(program, args, { env: this.env, stdio: 'ignore', timeout: 20_000 })
    const [code] = await once(again, 'exit')
    return code
  }

  async close() {
    await this.page?.close()
    this.page = undefined
  }

  /** run is the same program on the command line, on the same data. */
  run(...args) {
    return execFileSync(program, [...args, '--home', this.home], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, COFRE_KEYRING: 'off' } })
  }

  /** sample writes a sample database and returns its path. */
  sample(name = 'familia.sqlite3', rows = 3000) {
    const file = this.at(name)
    this.run('sample', file, '--rows', String(rows))
    return file
  }

  /** createAdministrator goes through the first start, up to the question for the database. */
  async createAdministrator() {
    const { page } = this
    await page.sees('Welcome to Cofre')
    await page.click('button', 'Continue')
    await page.fill('User name', administrator.name)
    await page.fill('Password', administrator.password)
    await page.fill('The password again', administrator.password)
    await page.click('button', 'Create the account')
    await page.click('button', 'I have kept it')
    await page.sees('Which database should be safe?')
  }

  /** signInTo signs in and waits for what is on the page that comes then. */
  async signInTo(role, name) {
    const { page } = this
    await page.fill('User name', administrator.name)
    await page.fill('Password', administrator.password)
    await page.click('button', 'Sign in')
    await page.find(role, name)
  }

  signIn() {
    return this.signInTo('button', 'Back up now')
  }

  /** open starts Cofre for the first time and connects it to a SQLite file, by the native dialog. */
  async open(file, options) {
    await this.start(options)
    await this.createAdministrator()
    await this.page.click('button', /^A SQLite file/)
    await desktop.answerFileDialog('Choose a database', file)
    await this.page.find('button', 'Back up now')
  }

  /** backUp makes a backup on the overview, and waits until it is good. */
  async backUp() {
    await this.page.click('button', 'Back up now')
    await this.page.sees('is protected')
  }

  /** go opens a page by its entry in the sidebar. */
  async go(place) {
    await this.page.click('button', place)
  }

  /** drop drags files onto the window; the answer's letGo lets them go. */
  drop(...files) {
    return desktop.drop('Cofre', native, ...files)
  }

  /** evidence keeps what a person would want to see of a failure, and says where. */
  async evidence(name) {
    const folder = join(here, '.out', name.toLowerCase().replace(/[^a-z0-9]+/g, '-').slice(0, 80))
    mkdirSync(folder, { recursive: true })
    capture(join(folder, 'screen.png'))
    const text = await this.page?.text().catch((error) => `(the page does not answer: ${error.message})`)
    writeFileSync(join(folder, 'page.txt'), `${text}\n`)
    for (const [from, to] of [[this.at('output.log'), 'output.log'], [join(this.home, 'cofre.log'), 'cofre.log']]) {
      try {
        writeFileSync(join(folder, to), readFileSync(from))
      } catch {
        // it was not written yet
      }
    }
    return `\nthe page shows: ${text}\nmore in ${folder}`
  }

  async remove() {
    await desktop.release()
    await this.close().catch(() => {})
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** sqlite runs SQL in a SQLite file with SQLite's own program, which waits for others. */
export function sqlite(file, sql) {
  return execFileSync('sqlite3', ['-cmd', '.timeout 10000', file, sql], { encoding: 'utf8', maxBuffer: 1 << 28 }).trim()
}

/** content is the same for two SQLite files that hold the same. */
export function content(file) {
  return createHash('sha256').update(sqlite(file, '.dump').split('\n').sort().join('\n')).digest('hex')
}
