// A backup of PostgreSQL on a computer that has nothing of PostgreSQL: no program on PATH, none where they get installed.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { after, before } from 'node:test'
import { content, flow, sqlite } from './cofre.mjs'
import { Cluster } from './postgres.mjs'

let cluster
before(async () => {
  cluster = await Cluster.start()
})
after(() => cluster?.stop())

/** bare is a computer with no program on PATH, and none where those of PostgreSQL get installed. */
const bare = {
  without: ['/usr/lib', '/usr', '/usr/libexec']
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder).filter((name) => /^(postgresql|pgsql-)/.test(name)).map((name) => `${folder}/${name}`)),
}

/** family is the sample as a database of PostgreSQL, and its dump. */
function family(cofre, file, database) {
  cluster.sql(`CREATE DATABASE ${database}`, 'postgres')
  cofre.run('restore', file, '--db', cluster.url(database), '--migrate', '--yes')
  const dump = cofre.at(`${database}.dump`)
  execFileSync('pg_dump', ['-Fc', '-f', dump, cluster.url(database)])
  return dump
}

/** row is what the page shows of a table in the comparison. */
const row = (page, table) =>
  page.js(
    (name) =>
      [...document.querySelectorAll('table.compared > tbody > tr')].map((tr) => tr.innerText.replace(/\s+/g, ' ').trim()).find((text) => text.startsWith(name)) ?? '',
    table,
  )

flow('with nothing of PostgreSQL here, a dump is read beside the active SQLite database', async (cofre) => {
  const file = cofre.sample()
  const dump = family(cofre, file, 'familia')
  const families = sqlite(file, 'SELECT name FROM finances_family ORDER BY id').split('\n')
  const [user] = sqlite(file, "SELECT first_name || ' ' || last_name FROM finances_customuser WHERE first_name <> '' ORDER BY id").split('\n')
  const total = Number(sqlite(file, 'SELECT count(*) FROM finances_transaction'))
  sqlite(file, "DELETE FROM finances_transaction WHERE id IN (11, 12); UPDATE finances_family SET name = 'Outra' WHERE id = 1")
  const before = content(file)
  await cofre.open(file, bare)
  const { page } = cofre

  await (await cofre.drop(dump)).letGo()
  await page.sees('Cannot restore PostgreSQL backup to SQLite database')
  await page.sees(/PostgreSQL \d+/)
  await page.click('button', /^Only look inside/)
  for (const name of families) await page.sees(name)
  await page.sees(user)
  await page.sees('finances_transaction')
  await page.sees('Beside what familia.sqlite3 holds now')
  await page.sees('on both sides')
  assert.match(await row(page, 'public.finances_transaction'), /–.*\+2.*–$/)
  assert.match(await row(page, 'public.finances_family '), /– – 1$/)
  await page.click('button', 'public.finances_family')
  await page.sees(`Outra → ${families[0]}`)

  await page.click('button', 'Show its rows')
  await page.click('button', /^public\.finances_transaction\b/)
  await page.sees(`1 to 100 of ${total.toLocaleString('en')}`)
  await page.click('button', /^public\.finances_family /)
  await page.sees(families[0])
  assert.equal(content(file), before)
})

flow('with nothing of PostgreSQL here, a dump is read beside the active PostgreSQL database', async (cofre) => {
  const file = cofre.sample()
  const dump = family(cofre, file, 'casa')
  const families = sqlite(file, 'SELECT name FROM finances_family ORDER BY id').split('\n')
  cluster.sql("DELETE FROM finances_receipt WHERE transaction_id IN (11, 12, 13); DELETE FROM finances_transaction WHERE id IN (11, 12, 13); UPDATE finances_family SET name = 'Outra' WHERE id = 1", 'casa')
  const { page } = { page: await cofre.start(bare) }
  await cofre.createAdministrator()
  await page.click('button', /^A PostgreSQL server/)
  await page.fill('Paste or drop a URL, a .env or a settings line', cluster.url('casa'))
  await page.click('button', 'Save and make active')
  await page.sees('casa is saved')
  await cofre.go('Overview')

  await (await cofre.drop(dump)).letGo()
  await page.find('button', 'Replace casa…')
  await page.sees(/PostgreSQL \d+/)
  for (const name of families) await page.sees(name)
  await page.sees('on both sides')
  assert.match(await row(page, 'public.finances_transaction'), /– \+3 –$/)
  assert.match(await row(page, 'public.finances_family '), /– – 1$/)
  await page.sees(/pg_restore/) // what is missing for the restore itself, and how to get it
  const look = await page.find('button', 'Look inside')
  await page.js((button) => button.scrollIntoView({ block: 'center' }), look) // not below the bar at the foot
  await page.click('button', 'Look inside')
  await page.click('button', /^public\.finances_family /)
  await page.sees(families[0])
  assert.equal(cluster.sql('SELECT name FROM finances_family WHERE id = 1', 'casa'), 'Outra')
})
