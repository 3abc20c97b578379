import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { flow } from './cofre.mjs'
import * as desktop from './desktop.mjs'
import { hold } from './locker.mjs'

flow('closing the window while a job runs asks, and staying lets the job go on', async (cofre) => {
  const file = cofre.sample()
  await cofre.open(file)
  const { page } = cofre
  const lock = await hold(file, 'BEGIN EXCLUSIVE')
  await page.click('button', 'Back up now')
  await page.sees('Backing up familia.sqlite3')

  await desktop.closeWindow('Cofre')
  await page.find('dialog', 'Close Cofre while it works?')
  assert.equal(await page.focused(), 'Stay')
  await page.click('button', 'Stay')
  await page.gone('dialog', 'Close Cofre while it works?')
  await lock.release()
  await page.sees('familia.sqlite3 is protected')

  await desktop.closeWindow('Cofre')
  await page.ended()
})

flow('closing the window can cancel the job, and leaves nothing unfinished', async (cofre) => {
  const file = cofre.sample()
  await cofre.open(file)
  const { page } = cofre
  const lock = await hold(file, 'BEGIN EXCLUSIVE')
  await page.click('button', 'Back up now')
  await page.sees('Backing up familia.sqlite3')
  await desktop.closeWindow('Cofre')
  await page.leave('button', 'Cancel it and quit', { within: ['dialog', /./] })
  await lock.release()
  assert.deepEqual(readdirSync(join(cofre.home, 'backups')), [])
})

flow('closing the window can wait for the job', async (cofre) => {
  const file = cofre.sample()
  await cofre.open(file)
  const { page } = cofre
  const lock = await hold(file, 'BEGIN EXCLUSIVE')
  await page.click('button', 'Back up now')
  await page.sees('Backing up familia.sqlite3')
  await desktop.closeWindow('Cofre')
  await page.click('button', 'Quit when it is done', { within: ['dialog', /./] })
  await lock.release()
  await page.ended()
  assert.equal(readdirSync(join(cofre.home, 'backups')).filter((name) => name.endsWith('.sqlite3')).length, 1)
})
