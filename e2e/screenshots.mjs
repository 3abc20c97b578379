#!/usr/bin/env node
// screenshots.mjs [STORY…]: takes the pictures of docs/screenshots in the real window: each page, light and dark, in
// both languages. The stories are played four times; each page is kept when a story comes to it.
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { administrator, Cofre, sqlite } from './cofre.mjs'
import * as desktop from './desktop.mjs'
import { hold } from './locker.mjs'
import { Cluster } from './postgres.mjs'
import { strict, troubled } from './troubled.mjs'
import { wordsOf } from './words.mjs'

const pictures = new URL('../docs/screenshots/', import.meta.url).pathname
const dialogs = (language) => JSON.parse(readFileSync(new URL(`../internal/text/${language}/service.json`, import.meta.url), 'utf8'))

/** later is the life of the application between two backups. */
function later(file, rows) {
  const columns = sqlite(file, "SELECT group_concat(name, ', ') FROM pragma_table_info('finances_transaction') WHERE pk = 0")
  sqlite(file, `INSERT INTO finances_transaction (${columns}) SELECT ${columns} FROM finances_transaction ORDER BY id LIMIT ${rows}`)
}

/** Scene is one Cofre in a language and a theme, with the steps that the stories share. */
class Scene {
  name = 'familia.sqlite3'

  constructor(language, theme, cluster) {
    Object.assign(this, { language, theme, cluster, t: wordsOf(language), dialog: dialogs(language) })
    const folder = '/tmp/cofre-screenshots'
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder)
    this.cofre = new Cofre(folder)
    this.file = this.cofre.sample(this.name, 12_000)
  }

  async start() {
    this.page = await this.cofre.start({ env: { COFRE_LANG: this.language, GTK_THEME: this.theme === 'dark' ? 'Adwaita:dark' : 'Adwaita' } })
    return this.page
  }

  async shot(picture) {
    await pause(400) // movements of the page take up to a quarter of a second
    await this.page.screenshot(join(pictures, `${picture}-${this.theme}-${this.language.slice(0, 2)}.png`))
  }

  /** createAdministrator goes through the first start, with a picture of the account and of its code where they have names. */
  async createAdministrator(picture, code) {
    const { page, t } = this
    await page.click('button', t('common.continue'))
    await page.fill(t('account.name'), administrator.name)
    await page.fill(t('account.password'), administrator.password)
    await page.fill(t('account.again'), administrator.password)
    if (picture) await this.shot(picture)
    await page.click('button', t('first.create'))
    if (code) {
      await page.find('button', t('admins.kept'))
      await this.shot(code)
    }
    await page.click('button', t('admins.kept'))
  }

  async signIn(role, name) {
    await this.page.fill(this.t('account.name'), administrator.name)
    await this.page.fill(this.t('account.password'), administrator.password)
    await this.page.click('button', this.t('login.submit'))
    await this.page.find(role, name)
  }

  /** plan opens the plan of the newest backup. */
  async plan(target = this.name) {
    await this.page.click('button', this.t('nav.backups'))
    await this.page.click('button', this.t('backups.restore'))
    await this.page.find('button', this.t('plan.replace', { target }))
  }

  /** replace agrees to what the plan asks first. */
  async replace(target = this.name) {
    await this.page.click('button', this.t('plan.replace', { target }))
    await this.page.click('button', this.t('confirm.replace', { target }), { within: ['dialog', /./] })
  }
}

/** The usual: from the first start over backups to a restore, one that is blocked, and one that fails. */
async function goodDays(scene) {
  const { t, dialog, name, file, cofre, cluster } = scene
  const shot = (picture) => scene.shot(picture)
  const page = await scene.start()
  await page.sees(t('first.welcome'))
  await shot('first-start')
  await scene.createAdministrator('administrator')
  await page.sees(t('first.which'))
  await shot('database')
  await page.click('button', new RegExp(`^${t('first.sqlite')}`))
  await desktop.answerFileDialog(dialog['dialog.open_database'], file)
  await page.sees(t('status.risk.title', { target: name }))
  await shot('overview-risk')

  for (const rows of [310, 240, 420, 180, 350]) {
    cofre.run('backup', '--db', file, '--quiet')
    later(file, rows)
  }
  await page.click('button', t('backup.now'))
  await page.sees(t('status.protected.title', { target: name }))
  later(file, 214)
  await page.click('button', t('nav.backups'))
  await page.find('button', t('backups.restore'))
  await page.click('button', t('backups.rehearse'))
  await page.sees(t('backups.provenHere'))
  await pause(6500) // until the message of the backup has gone
  await page.click('button', t('nav.overview'))
  await page.find('button', t('backup.now'))
  await shot('overview')
  await page.click('button', t('nav.backups'))
  await page.find('button', t('backups.restore'))
  await shot('backups')
  await page.click('button', t('inside.look'))
  await page.click('button', /^finances_transaction \d/)
  await page.find('grid', /finances_transaction/)
  await shot('inside')
  for (const place of ['connections', 'schedules', 'activity', 'help']) {
    await page.click('button', t(`nav.${place}`))
    await page.find('heading', t(`nav.${place}`))
    await shot(place)
  }
  await page.click('button', t('nav.activity'))
  await page.click('radio', t('activity.trail'))
  await page.find('region', t('activity.trail'))
  await shot('trail')

  const dump = cofre.at('shop.dump')
  execFileSync('pg_dump', ['-Fc', '-f', dump, cluster.url('shop')])
  const drag = await cofre.drop(dump)
  await page.sees(t('drop.safe'))
  await shot('drop')
  await drag.letGo()
  await page.sees(t('blocked.title'))
  await shot('blocked')

  await scene.plan()
  await page.sees(t('compared.restore.removed'))
  await shot('plan')
  await page.click('button', t('plan.replace', { target: name }))
  await page.find('dialog', t('confirm.title'))
  await shot('confirm')
  const reader = await hold(file, 'BEGIN; SELECT count(*) FROM sqlite_master')
  await page.click('button', t('confirm.replace', { target: name }), { within: ['dialog', /./] })
  await page.sees(t('step.apply.running'))
  await shot('progress')
  await reader.release()
  await page.find('button', t('done.allWell'))
  await shot('result')
  await page.click('button', t('done.allWell'))
  await page.find('button', t('login.submit'))
  await shot('login')
  await scene.signIn('button', t('backup.now'))

  await scene.plan()
  const repository = join(cofre.home, 'backups')
  for (const backup of readdirSync(repository).filter((one) => one.endsWith('.sqlite3'))) {
    const bytes = readFileSync(join(repository, backup))
    bytes[bytes.length - 100] ^= 1
    writeFileSync(join(repository, backup), bytes)
  }
  await scene.replace()
  await page.sees(t('failed.untouched.title', { target: name }))
  await shot('failed')
}

/** What one hopes not to need: an undo, a restore that was cut off, a database that is broken. */
async function badDays(scene) {
  const { t, name, file, cofre } = scene
  cofre.run('backup', '--db', file, '--quiet')
  let page = await scene.start()
  await scene.createAdministrator()
  await page.click('button', new RegExp(`^${t('first.sqlite')}`))
  await desktop.answerFileDialog(scene.dialog['dialog.open_database'], file)
  await page.click('button', t('backup.now'))
  await page.sees(t('status.protected.title', { target: name }))
  later(file, 214)

  await scene.plan()
  await scene.replace()
  await page.find('button', t('done.allWell'))
  await cofre.close()
  page = await scene.start()
  await scene.signIn('heading', t('done.well'))
  await scene.shot('question')
  later(file, 37)
  sqlite(file, 'DELETE FROM finances_transaction WHERE id IN (SELECT id FROM finances_transaction ORDER BY id LIMIT 3); UPDATE finances_transaction SET description = description || \' (?)\' WHERE id IN (SELECT id FROM finances_transaction ORDER BY id LIMIT 2)')
  await page.click('button', t('done.undo'))
  await page.find('button', t('plan.replace', { target: name }))
  await scene.shot('undo')

  await scene.plan()
  const reader = await hold(file, 'BEGIN; SELECT count(*) FROM sqlite_master')
  await scene.replace()
  await page.sees(t('step.apply.running'))
  process.kill(page.pid, 'SIGKILL')
  await page.ended()
  await reader.release()
  await cofre.close()
  page = await scene.start()
  await scene.signIn('button', t('interrupted.understood'))
  await scene.shot('interrupted')
  await page.click('button', t('interrupted.understood'))
  await page.find('button', t('backup.now'))

  const bytes = readFileSync(file)
  bytes.fill(0xee, 100, 20_000)
  writeFileSync(file, bytes)
  await scene.plan()
  await scene.replace()
  await page.find('dialog', t('rescue.title'))
  await scene.shot('rescue')
}

/** A PostgreSQL server: the application around its database, old databases, and a migration with decisions. */
async function server(scene) {
  const { t, cofre, cluster } = scene
  const target = 'loja'
  const old = cluster.sql(`SELECT datname FROM pg_database WHERE datname ~ '^${target}'`, 'postgres')
  for (const name of old.split('\n').filter(Boolean)) cluster.sql(`DROP DATABASE "${name}" WITH (FORCE)`, 'postgres')
  strict(cluster, target)
  const page = await scene.start()
  await scene.createAdministrator()
  await page.click('button', new RegExp(`^${t('first.postgresql')}`))
  await page.fill(t('paste.label'), cluster.url(target))
  await page.click('button', t('connections.saveNew'))
  await page.sees(t('connections.saved', { name: target }))
  await page.click('button', t('around.title'))
  for (const [field, value] of [['before', 'systemctl stop "loja web"'], ['after', 'systemctl start "loja web"'], ['lockFile', cofre.at('loja.lock')], ['reloadFile', cofre.at('loja.reload')]]) {
    await page.fill(t(`around.${field}`), value)
  }
  await page.js(() => document.activeElement.closest('details').scrollIntoView({ block: 'end' }))
  await pause(6500) // until the message has gone
  await scene.shot('around')

  await page.click('button', t('nav.overview'))
  await page.click('button', t('backup.now'))
  await page.sees(t('status.protected.title', { target }))
  await scene.plan(target)
  await scene.replace(target)
  await page.click('button', t('done.allWell'))
  await scene.signIn('button', t('backup.now'))
  await page.click('button', t('nav.settings'))
  await page.find('combobox', t('kept.label'))
  await pause(6500) // until the message of the backup has gone
  await scene.shot('settings')

  const drag = await cofre.drop(troubled(cofre))
  await page.sees(t('drop.safe'))
  await drag.letGo()
  await page.sees(t('doctor.title'))
  await page.find('combobox', new RegExp(t('doctor.decide', { place: 'uid', finding: '' })))
  await page.choose(new RegExp(t('doctor.decide', { place: 'uid', finding: '' })), 'leave')
  await pause(1500) // the plan is made again
  await scene.shot('doctor')
}

/** What is met now and then: a recovery code, going anywhere by name, two backups compared, notifications, a page of the help. */
async function nowAndThen(scene) {
  const { t, name, file, cofre } = scene
  for (const rows of [310, 240]) {
    cofre.run('backup', '--db', file, '--quiet')
    later(file, rows)
  }
  const page = await scene.start()
  await scene.createAdministrator(undefined, 'recovery-code')
  await page.click('button', new RegExp(`^${t('first.sqlite')}`))
  await desktop.answerFileDialog(scene.dialog['dialog.open_database'], file)
  await page.click('button', t('backup.now'))
  await page.sees(t('status.protected.title', { target: name }))
  await pause(6500) // until the message of the backup has gone
  await desktop.press('ctrl+k')
  await page.find('dialog', t('palette.title'))
  await scene.shot('palette')
  await desktop.press('Escape')
  await page.gone('dialog', t('palette.title'))

  await page.click('button', t('nav.backups'))
  await page.click('button', t('backups.more'))
  await page.click('menuitem', t('backups.compare'))
  await page.find('button', t('common.cancel'))
  await page.js(() => document.querySelector('button[role=option][aria-selected=false]').click())
  await page.find('heading', t('between.title'))
  await page.gone('progressbar', t('compared.progress'))
  await scene.shot('compare')
  await page.click('button', t('backups.compareEnd'))

  cofre.run('notify', 'add', 'desktop', '--kind', 'desktop')
  await page.click('button', t('nav.settings'))
  await page.find('heading', t('notices.title'))
  await page.js(() => document.getElementById('notifications').scrollIntoView({ block: 'center' }))
  await scene.shot('notifications')
  await page.click('button', t('nav.help'))
  await page.find('heading', t('nav.help'))
  await page.js(() => document.querySelectorAll('main nav button')[3].click())
  await scene.shot('help-page')
}

const stories = { goodDays, badDays, server, nowAndThen }
const wanted = process.argv.slice(2)
mkdirSync(pictures, { recursive: true })
const cluster = await Cluster.start()
try {
  cluster.sql('CREATE DATABASE shop', 'postgres')
  cluster.sql("CREATE TABLE customer (id serial PRIMARY KEY, name text); INSERT INTO customer (name) SELECT 'Customer ' || i FROM generate_series(1, 1234) i", 'shop')
  for (const language of ['en', 'pt-BR']) {
    for (const theme of ['light', 'dark']) {
      for (const [name, story] of Object.entries(stories)) {
        if (wanted.length > 0 && !wanted.includes(name)) continue
        const scene = new Scene(language, theme, cluster)
        try {
          await story(scene)
        } catch (error) {
          error.message += await scene.cofre.evidence(`screenshots ${name} ${language} ${theme}`)
          throw error
        } finally {
          await scene.cofre.remove()
        }
        console.log(`${name}, ${language}, ${theme}`)
      }
    }
  }
} finally {
  await cluster.stop()
}
