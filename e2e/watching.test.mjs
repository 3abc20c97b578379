import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import { flow, sqlite } from './cofre.mjs'

const count = (file) => Number(sqlite(file, 'SELECT count(*) FROM finances_transaction'))

flow('what another program deletes is backed up, told and written down', async (cofre) => {
  const file = cofre.sample()
  await cofre.open(file)
  const { page } = cofre
  await cofre.backUp()
  cofre.run('schedule', 'watch', '--db', file, '--quiet-for', '2s')
  const before = count(file)
  sqlite(file, 'PRAGMA foreign_keys = OFF; DELETE FROM finances_transaction WHERE rowid IN (SELECT rowid FROM finances_transaction ORDER BY rowid DESC LIMIT 31)')
  await cofre.go('Backups')
  await page.find('option', /Automatic, after 31 deletions in finances_transaction/, { ms: 30_000 })
  await cofre.go('Overview')
  await page.sees(`finances_transaction ${(before - 31).toLocaleString('en')}`)
  await cofre.go('Schedules')
  await page.sees('after 31 deletions in finances_transaction')
  await cofre.go('Activity')
  await page.click('button', 'Audit trail')
  await page.sees('after 31 deletions in finances_transaction')
})

flow('an empty database, and one that is missing, are offered their last good backup', async (cofre) => {
  const file = cofre.sample()
  await cofre.open(file)
  await cofre.backUp()
  const before = count(file)
  for (const state of ['empty', 'missing']) {
    await cofre.close()
    if (state === 'missing') rmSync(file)
    else {
      const tables = sqlite(file, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'").split('\n')
      sqlite(file, `PRAGMA foreign_keys = OFF; ${tables.map((name) => `DELETE FROM "${name}";`).join(' ')}`)
    }
    const page = await cofre.start()
    await cofre.signInTo('heading', `familia.sqlite3 is ${state}`)
    await page.click('button', 'See the plan')
    await page.click('button', /^Replace|^Restore/)
    await page.click('button', /^Replace|^Restore/, { within: ['dialog', /./] })
    await page.find('button', /All is well|Sign in/, { ms: 60_000 })
    assert.equal(count(file), before)
  }
})
