import assert from 'node:assert/strict'
import { copyFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { content, flow } from './cofre.mjs'

flow('a backup that is dropped on the window becomes a plan', async (cofre) => {
  const file = cofre.sample()
  await cofre.open(file)
  const { page } = cofre
  await cofre.backUp()
  const folder = join(cofre.home, 'backups')
  const foreign = cofre.at('from a colleague #1 (50%) ü.db')
  copyFileSync(join(folder, readdirSync(folder).find((name) => name.endsWith('.sqlite3'))), foreign)
  const before = content(file)

  const drag = await cofre.drop(foreign)
  await page.sees('Let go to see what it would change in familia.sqlite3')
  assert.deepEqual(await drag.letGo(), ['READY', 'BEGIN', 'DATA', 'END'])
  await page.find('button', 'Replace familia.sqlite3…')
  await page.sees('from a colleague #1 (50%) ü.db')
  await page.sees('Nothing has been changed yet.')
  assert.equal(content(file), before)
})

flow('any other file that is dropped is named for what it is, and the window stays', async (cofre) => {
  await cofre.open(cofre.sample())
  const { page } = cofre
  const letter = cofre.at('letter.html')
  writeFileSync(letter, '<h1>Dear friend</h1>')
  await (await cofre.drop(letter)).letGo()
  await page.find('alert')
  await page.sees('letter.html')
  await page.click('button', 'Close')
  await page.find('button', 'Back up now')
})

flow('of several files that are dropped one has to be chosen', async (cofre) => {
  const file = cofre.sample()
  await cofre.open(file)
  const { page } = cofre
  const other = cofre.sample('outra.sqlite3', 500)
  const nothing = cofre.at('empty.dump')
  writeFileSync(nothing, '')
  await (await cofre.drop(nothing, other)).letGo()
  await page.sees('Which of these files?')
  await page.click('button', /outra\.sqlite3/)
  await page.find('button', 'Replace familia.sqlite3…')
})
