// What the page cannot do: windows, native dialogs, the keyboard and the mouse of the desktop. Through the X server,
// by xdotool, as a person's hands would.
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { until } from './wait.mjs'

const run = promisify(execFile)
const xdo = async (...args) => (await run('xdotool', args)).stdout.trim()

/** windows are the ids of the visible windows whose whole title is title. */
export async function windows(title) {
  const pattern = `^${title.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`
  const found = await xdo('search', '--onlyvisible', '--name', pattern).catch(() => '') // exit 1: none
  return found === '' ? [] : found.split('\n')
}

/** focusedWindow waits until the window with that title is there and has the keyboard. */
async function focusedWindow(title) {
  return until(`the window "${title}" with the keyboard`, async () => {
    const [id] = await windows(title)
    return id && (await xdo('getactivewindow')) === id && id
  })
}

/** activate brings the window with that title to the front, gives it the keyboard, and returns its id. */
async function activate(title) {
  // GTK keeps helper windows of the same title, which take no keyboard: whichever becomes active is the one.
  return until(`the window "${title}" in front`, async () => {
    const ids = await windows(title)
    const active = await xdo('getactivewindow').catch(() => '')
    if (ids.includes(active)) return active
    for (const id of ids) await xdo('windowactivate', id).catch(() => {})
    return null
  })
}

/** inFront says whether the window with that title is the one in front. */
export async function inFront(title) {
  const active = await xdo('getactivewindow').catch(() => '') // exit 1: none
  return active !== '' && (await windows(title)).includes(active)
}

/** minimise takes the window with that title out of sight. */
export async function minimise(title) {
  const id = await activate(title)
  // What has just brought it to the front may still be on its way.
  await until(`the window "${title}" out of sight`, async () => {
    await xdo('windowminimize', id)
    return !(await inFront(title))
  })
}

/** where is the place of the window with that title on the screen, or moves it to one. */
export async function where(title, to) {
  const id = await activate(title)
  if (to) {
    await xdo('windowsize', id, String(to.width), String(to.height))
    await xdo('windowmove', id, String(to.x), String(to.y))
  }
  const at = Object.fromEntries((await xdo('getwindowgeometry', '--shell', id)).split('\n').map((line) => line.split('=')))
  return { x: Number(at.X), y: Number(at.Y), width: Number(at.WIDTH), height: Number(at.HEIGHT) }
}

/** press sends keys to whatever window has the keyboard, in xdotool's names. */
export const press = (...keys) => xdo('key', '--delay', '30', ...keys)

/**
 * answerFileDialog types path into the native file dialog with that title, and waits until the dialog has gone; null
 * cancels it.
 */
export async function answerFileDialog(title, path) {
  const id = await focusedWindow(title)
  // GTK gives no sign of when its list of files has settled; keys that come before it take the focus away again.
  await pause(400)
  if (path === null) await press('Escape')
  else {
    await press('alt+Home') // leave "Recent", where the path of a folder is not taken
    await pause(200)
    await press('ctrl+l', 'ctrl+a')
    await xdo('type', '--delay', '12', path)
    await pause(400) // its completion of the path runs behind the typing
    await press('Return')
  }
  await until(`the dialog "${title}" to close`, async () => !(await windows(title)).includes(id))
}

/** closeWindow asks the window to close, as its title bar does. */
export async function closeWindow(title) {
  await activate(title)
  await press('alt+F4')
}

/** release lets go of the mouse, in case a test ended in the middle of a drag. */
export const release = () => xdo('mouseup', '1')

/** drop drags files from another program onto the middle of the window and lets them go there. */
export async function drop(title, native, ...files) {
  const id = await activate(title)
  const box = Object.fromEntries((await xdo('getwindowgeometry', '--shell', id)).split('\n').map((line) => line.split('=')))
  const to = { x: Number(box.X) + Number(box.WIDTH) / 2, y: Number(box.Y) + Number(box.HEIGHT) / 2 }

  const source = spawn(`${native}/dragsource`, files, { stdio: ['ignore', 'pipe', 'inherit'] })
  let said = ''
  source.stdout.on('data', (text) => (said += text))
  const exit = once(source, 'exit')
  await until('the drag source', () => said.includes('READY'))
  const [handle] = await until('the window of the drag source', async () => {
    const found = await windows('dragsource')
    return found.length > 0 && found
  })
  const at = Object.fromEntries((await xdo('getwindowgeometry', '--shell', handle)).split('\n').map((line) => line.split('=')))
  const from = { x: Number(at.X) + 40, y: Number(at.Y) + 25 }

  const move = (x, y) => xdo('mousemove', String(Math.round(x)), String(Math.round(y)))
  await move(from.x, from.y)
  await xdo('mousedown', '1')
  // Small steps: GTK takes a press for a drag once the pointer has gone some pixels.
  for (let i = 1; i <= 8; i++) await move(from.x + 4 * i, from.y + 3 * i)
  await until('the drag to begin', () => said.includes('BEGIN'))
  for (let i = 1; i <= 12; i++) await move(from.x + ((to.x - from.x) * i) / 12, from.y + ((to.y - from.y) * i) / 12)
  // The target answers each motion; over it, a few more until it has said that it takes the files.
  for (let i = 1; i <= 4; i++) {
    await move(to.x + i, to.y)
    await pause(60)
  }
  return {
    /** letGo ends the drag where it is, and returns what the source saw. */
    async letGo() {
      await xdo('mouseup', '1')
      await exit
      return said.trim().split('\n')
    },
  }
}
