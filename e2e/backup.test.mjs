import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { content, flow, sqlite } from './cofre.mjs'
import * as desktop from './desktop.mjs'
import { hold } from './locker.mjs'

const backups = (folder) => readdirSync(folder).filter((name) => name.endsWith('.sqlite3'))

flow('a backup shows its progress, and is in the list when it is good', async (cofre) => {
  const file = cofre.sample()
  await cofre.open(file)
  const { page } = cofre

  // While another program writes, the backup waits for it: time to look at it.
  const lock = await hold(file, 'BEGIN EXCLUSIVE')
  await page.click('button', 'Back up now')
  await page.sees('Backing up familia.sqlite3')
  await page.click('button', 'Show')
  await page.find('heading', 'Backing up familia.sqlite3')
  await page.find('button', 'Cancel the backup')
  await lock.release()
  await page.sees('Backup made')

  await cofre.go('Backups')
  await page.find('option', /Good/)
  const folder = join(cofre.home, 'backups')
  const [name] = backups(folder)
  assert.equal(backups(folder).length, 1)
  await page.sees(name.slice(-14)) // a long name is shown in two parts, so that its end is never cut off
  assert.equal(statSync(join(folder, name)).mode & 0o777, 0o600)
  assert.equal(sqlite(join(folder, name), 'PRAGMA integrity_check'), 'ok')
  assert.equal(content(join(folder, name)), content(file))
})

flow('a cancelled backup leaves nothing behind', async (cofre) => {
  const file = cofre.sample()
  await cofre.open(file)
  const { page } = cofre
  const lock = await hold(file, 'BEGIN EXCLUSIVE')
  await page.click('button', 'Back up now')
  await page.click('button', 'Show')
  await page.click('button', 'Cancel the backup')
  await page.sees('Backup cancelled')
  await lock.release()
  assert.deepEqual(backups(join(cofre.home, 'backups')), [])
})

flow('a rehearsal proves a backup and leaves the database as it is, byte for byte', async (cofre) => {
  const file = cofre.sample()
  await cofre.open(file)
  const { page } = cofre
  await cofre.backUp()
  const before = readFileSync(file)
  await cofre.go('Backups')
  await page.find('option', /Good/)
  await page.click('button', 'Rehearse a restore')
  await page.sees('The backup is proven')
  await page.find('option', /Proven/)
  await page.sees('restored aside on this computer')
  assert.ok(readFileSync(file).equals(before))
  const work = join(cofre.home, 'cache', 'work')
  assert.deepEqual(existsSync(work) ? readdirSync(work) : [], [])
})

flow('a copy is saved where the native dialog says', async (cofre) => {
  await cofre.open(cofre.sample())
  const { page } = cofre
  await cofre.backUp()
  await cofre.go('Backups')

  const copy = cofre.at('copy for the safe.sqlite3')
  await page.click('button', 'Save a copy…')
  await desktop.answerFileDialog('Save a copy', copy)
  await page.sees(`Copy saved: ${copy}`)
  const folder = join(cofre.home, 'backups')
  assert.ok(readFileSync(copy).equals(readFileSync(join(folder, backups(folder)[0]))), 'the copy is the backup, byte for byte')
})

flow('the folder of the backups is chosen in the native dialog', async (cofre) => {
  await cofre.open(cofre.sample())
  const { page } = cofre
  const folder = cofre.at('on another disk')
  mkdirSync(folder)
  await cofre.go('Settings')
  await page.click('button', 'Choose another…')
  await desktop.answerFileDialog('Folder of the backups', folder)
  await page.sees(folder)

  await cofre.go('Overview')
  await cofre.backUp()
  assert.equal(backups(folder).length, 1)
})

flow('a demonstration shows everything and changes nothing', async (cofre) => {
  const file = cofre.sample()
  await cofre.open(file, { env: { COFRE_DEMO_MODE: '1' } })
  const { page } = cofre
  await page.sees('Demonstration.')
  assert.ok(await page.js(() => [...document.querySelectorAll('button')].find((b) => b.textContent.trim() === 'Back up now').disabled))
  // Not only the button: the core refuses as well.
  const refused = await page.js(() => window.go.main.App.StartBackup({ note: '', compress: '', passphrase: '', recipients: [] }).then(() => 'started', (reason) => String(reason)))
  assert.match(refused, /"code":"denied"/)
})
