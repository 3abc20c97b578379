// How the window behaves among others: it is the only one, it comes to the front, it remembers where it was, its keys
// work from everywhere, and files reach it whatever they are called. Few windows, many small checks in each.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { content, flow } from './cofre.mjs'
import * as desktop from './desktop.mjs'
import { hold } from './locker.mjs'
import { until } from './wait.mjs'

const places = ['Overview', 'Backups', 'Schedules', 'Connections', 'Activity', 'Settings', 'Help']

/** listening keeps what the page writes on its console as an error, from now on. */
const listening = (page) =>
  page.js(() => {
    window.errors_ = []
    window.addEventListener('error', (event) => window.errors_.push(event.message))
    window.addEventListener('unhandledrejection', (event) => window.errors_.push(String(event.reason)))
    console.error = (...words) => window.errors_.push(words.join(' '))
  })

flow('the one window comes to the front, obeys its menu bar’s keys, and begins where it ended', async (cofre) => {
  const file = cofre.sample()
  const other = cofre.sample('outra.sqlite3', 500)
  await cofre.open(file)
  let { page } = cofre
  await listening(page)

  await desktop.minimise('Cofre')
  assert.equal(await cofre.startAgain(), 0)
  await until('the first window in front', () => desktop.inFront('Cofre'))
  await desktop.minimise('Cofre')
  assert.equal(await cofre.startAgain(other), 0)
  await until('the first window in front', () => desktop.inFront('Cofre'))
  await page.find('button', 'Replace familia.sqlite3…')
  await page.sees('outra.sqlite3')

  // As a file manager opens it, once Cofre is installed.
  execFileSync('build/install.sh', [`${process.env.HOME}/.local`], { stdio: 'ignore' })
  execFileSync('gio', ['open', cofre.sample('terceira.sqlite3', 500)], { env: cofre.env })
  await page.sees('terceira.sqlite3')
  await page.find('button', 'Replace familia.sqlite3…')

  await desktop.press('ctrl+2')
  await page.find('heading', 'Backups')
  await desktop.press('F1')
  await page.find('heading', 'Help')
  await desktop.press('ctrl+plus')
  await until('larger text', () => page.js(() => document.documentElement.style.getPropertyValue('--text-scale') === '1.1'))
  await desktop.press('ctrl+0')
  await until('text as it was', () => page.js(() => document.documentElement.style.getPropertyValue('--text-scale') === '1'))
  await desktop.press('ctrl+k')
  await until('the keyboard in the palette', () => page.js(() => document.activeElement.getAttribute('role') === 'combobox'))
  await desktop.press('a', 'c', 't', 'i', 'Return')
  await page.find('heading', 'Activity')
  await desktop.press('question')
  await page.find('dialog', 'Keyboard shortcuts')
  await desktop.press('Escape')
  await page.gone('dialog', 'Keyboard shortcuts')

  for (const place of places) {
    await cofre.go(place)
    await until(`the page ${place}`, () => page.js(() => document.activeElement.tagName === 'H1'))
  }
  assert.deepEqual(await page.js(() => window.errors_), [], 'errors on the console')

  await cofre.go('Overview') // the help has an entry of that name, too
  await cofre.go('Connections')
  const place = { x: 120, y: 90, width: 900, height: 640 }
  const before = await until('the window to have moved', async () => {
    const now = await desktop.where('Cofre', place)
    return now.width === place.width && now.height === place.height && now
  })
  await desktop.press('ctrl+q')
  await page.ended()
  await cofre.close()
  page = await cofre.start()
  await cofre.signInTo('heading', 'Connections')
  const after = await until('the window where it was', async () => {
    const now = await desktop.where('Cofre')
    return Math.abs(now.x - before.x) < 5 && Math.abs(now.y - before.y) < 60 && now
  })
  assert.deepEqual({ width: after.width, height: after.height }, { width: place.width, height: place.height })
})

flow('files of any name are dropped as what they are, and folders, too', async (cofre) => {
  const file = cofre.sample()
  const other = cofre.sample('outra.sqlite3', 500)
  const lines = cofre.at('in two\nlines: 100%.db')
  copyFileSync(other, lines)
  const bytes = Buffer.concat([Buffer.from(cofre.at('caf')), Buffer.from([0xe9]), Buffer.from('.db')])
  copyFileSync(other, bytes)
  const folder = cofre.at('photos')
  mkdirSync(folder)
  const archive = cofre.at('dumped')
  mkdirSync(archive)
  // The beginning of a table of contents: PGDMP, version 1.14-0, sizes of numbers, the format of folders.
  writeFileSync(`${archive}/toc.dat`, Buffer.concat([Buffer.from('PGDMP'), Buffer.from([1, 14, 0, 4, 8, 5])]))
  await cofre.open(file)
  const { page } = cofre
  const before = content(file)

  for (const dropped of [lines, pathToFileURL(`${cofre.folder}/caf`).href + '%E9.db']) {
    await (await cofre.drop(dropped)).letGo()
    await page.find('button', 'Replace familia.sqlite3…')
    await page.sees(dropped === lines ? 'lines: 100%.db' : 'caf\ufffd.db')
    await page.sees('Nothing has been changed yet.')
    await cofre.go('Overview')
    await page.find('button', 'Back up now')
  }
  await (await cofre.drop(folder)).letGo()
  await page.sees('is a folder, not a backup file')
  await page.click('button', 'Close')
  await (await cofre.drop(archive)).letGo()
  await page.sees('dumped')
  assert.ok(!(await page.text()).includes('is a folder, not a backup file'), 'a folder that pg_dump wrote is a backup')
  await desktop.press('Escape')
  assert.equal(content(file), before)
  assert.ok((await page.js(() => location.href)).startsWith('wails:'), 'the window never follows a file')
})

flow('a job goes on in the background, and a second start brings its window back', async (cofre) => {
  const file = cofre.sample()
  await cofre.open(file)
  const { page } = cofre
  const lock = await hold(file, 'BEGIN EXCLUSIVE')
  await page.click('button', 'Back up now')
  await page.sees('Backing up familia.sqlite3')
  await desktop.closeWindow('Cofre')
  // The driver answers a click when the page is drawn again.
  const clicked = page.click('button', 'Keep running in the background', { within: ['dialog', /./] })
  await until('the window out of sight', async () => (await desktop.windows('Cofre')).length === 0)
  assert.equal(await cofre.startAgain(), 0)
  await until('the window back', () => desktop.inFront('Cofre'))
  await clicked
  await lock.release()
  await page.sees('familia.sqlite3 is protected')
  assert.ok(await desktop.inFront('Cofre'), 'whoever has called for the window keeps it')
})
