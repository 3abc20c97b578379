import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { flow } from './cofre.mjs'
import * as desktop from './desktop.mjs'
import { hold } from './locker.mjs'
import { until } from './wait.mjs'

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

flow('closing the window can leave the job to the background, which ends with it', async (cofre) => {
  const file = cofre.sample()
  await cofre.open(file)
  const { page } = cofre
  const lock = await hold(file, 'BEGIN EXCLUSIVE')
  await page.click('button', 'Back up now')
  await page.sees('Backing up familia.sqlite3')
  await desktop.closeWindow('Cofre')
  const left = page.leave('button', 'Keep running in the background', { within: ['dialog', /./] })
  await until('the window out of sight', async () => (await desktop.windows('Cofre')).length === 0)
  await lock.release()
  await left
  assert.equal(readdirSync(join(cofre.home, 'backups')).filter((name) => name.endsWith('.sqlite3')).length, 1)
})
