#!/usr/bin/env node
// screenshots.mjs: takes the pictures of docs/screenshots in the real window: each page, light and dark, in both
// languages. One story is played four times; each page is kept when the story comes to it.
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { administrator, Cofre, sqlite } from './cofre.mjs'
import * as desktop from './desktop.mjs'
import { hold } from './locker.mjs'
import { Cluster } from './postgres.mjs'
import { wordsOf } from './words.mjs'

const pictures = new URL('../docs/screenshots/', import.meta.url).pathname
const dialogs = (language) => JSON.parse(readFileSync(new URL(`../internal/text/${language}/service.json`, import.meta.url), 'utf8'))

/** later is the life of the application between two backups. */
function later(file, rows) {
  const columns = sqlite(file, "SELECT group_concat(name, ', ') FROM pragma_table_info('finances_transaction') WHERE pk = 0")
  sqlite(file, `INSERT INTO finances_transaction (${columns}) SELECT ${columns} FROM finances_transaction ORDER BY id LIMIT ${rows}`)
}

async function play(language, theme, cluster) {
  const t = wordsOf(language)
  const dialog = dialogs(language)
  const folder = '/tmp/cofre-screenshots'
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder)
  const cofre = new Cofre(folder)
  const name = 'familia.sqlite3'
  const file = cofre.sample(name, 12_000)
  const shot = async (picture) => {
    await pause(400) // movements of the page take up to a quarter of a second
    await page.screenshot(join(pictures, `${picture}-${theme}-${language.slice(0, 2)}.png`))
  }
  const page = await cofre.start({ env: { COFRE_LANG: language, GTK_THEME: theme === 'dark' ? 'Adwaita:dark' : 'Adwaita' } })
  try {
    await page.sees(t('first.welcome'))
    await shot('first-start')
    await page.click('button', t('common.continue'))
    await page.fill(t('account.name'), administrator.name)
    await page.fill(t('account.password'), administrator.password)
    await page.fill(t('account.again'), administrator.password)
    await shot('administrator')
    await page.click('button', t('first.create'))
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
    await pause(6500) // until the message of the backup has gone
    await page.click('button', t('nav.overview'))
    await page.find('button', t('backup.now'))
    await shot('overview')
    await page.click('button', t('nav.backups'))
    await page.find('button', t('backups.restore'))
    await shot('backups')
    for (const place of ['connections', 'activity', 'settings', 'help']) {
      await page.click('button', t(`nav.${place}`))
      await page.find('heading', t(`nav.${place}`))
      await shot(place)
    }

    const dump = cofre.at('loja.dump')
    execFileSync('pg_dump', ['-Fc', '-f', dump, cluster.url('loja')])
    const drag = await cofre.drop(dump)
    await page.sees(t('drop.safe'))
    await shot('drop')
    await drag.letGo()
    await page.sees(t('blocked.title'))
    await shot('blocked')

    const restore = async () => {
      await page.click('button', t('nav.backups'))
      await page.click('button', t('backups.restore'))
      await page.find('button', t('plan.replace', { target: name }))
    }
    const replace = async () => {
      await page.click('button', t('plan.replace', { target: name }))
      await page.click('button', t('confirm.replace', { target: name }), { within: ['dialog', /./] })
    }
    await restore()
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
    await page.fill(t('account.name'), administrator.name)
    await page.fill(t('account.password'), administrator.password)
    await page.click('button', t('login.submit'))
    await page.find('button', t('backup.now'))

    await restore()
    const repository = join(cofre.home, 'backups')
    for (const backup of readdirSync(repository).filter((one) => one.endsWith('.sqlite3'))) {
      const bytes = readFileSync(join(repository, backup))
      bytes[bytes.length - 100] ^= 1
      writeFileSync(join(repository, backup), bytes)
    }
    await replace()
    await page.sees(t('failed.untouched.title', { target: name }))
    await shot('failed')
  } catch (error) {
    error.message += await cofre.evidence(`screenshots ${language} ${theme}`)
    throw error
  } finally {
    await cofre.remove()
  }
}

mkdirSync(pictures, { recursive: true })
const cluster = await Cluster.start()
try {
  cluster.sql('CREATE DATABASE loja', 'postgres')
  cluster.sql("CREATE TABLE cliente (id serial PRIMARY KEY, nome text); INSERT INTO cliente (nome) SELECT 'Cliente ' || i FROM generate_series(1, 1234) i", 'loja')
  for (const language of ['en', 'pt-BR']) {
    for (const theme of ['light', 'dark']) {
      await play(language, theme, cluster)
      console.log(`${language}, ${theme}`)
    }
  }
} finally {
  await cluster.stop()
}
