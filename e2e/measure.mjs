// How fast the window is, for bench/window.mjs: from the start of the process to the first page, and the longest time
// between two frames while a job runs.
import { readFileSync } from 'node:fs'
import { Cofre } from './cofre.mjs'
import { until } from './wait.mjs'

/** startOf is when the process was started, in Unix milliseconds, to a hundredth of a second. */
function startOf(pid) {
  const ticks = Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ')[19])
  const boot = Number(readFileSync('/proc/stat', 'utf8').match(/^btime (\d+)$/m)[1])
  const uptime = Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0])
  // btime has whole seconds only; what the clock says now, less the uptime, has all of them.
  const precise = Date.now() - 1000 * uptime
  return (Math.abs(precise - 1000 * boot) < 2000 ? precise : 1000 * boot) + 10 * ticks
}

/** firstPage is how long after its start the program showed something. */
async function firstPage(page) {
  await page.find('button')
  const painted = await page.js(() => performance.timeOrigin + performance.getEntriesByName('first-contentful-paint')[0].startTime)
  return painted - startOf(page.pid)
}

/** longestFrame watches the page while work is done. */
async function longestFrame(page, work) {
  await page.js(() => {
    window.frames_ = { longest: 0, on: true }
    let last = performance.now()
    const frame = (now) => {
      window.frames_.longest = Math.max(window.frames_.longest, now - last)
      last = now
      if (window.frames_.on) requestAnimationFrame(frame)
    }
    requestAnimationFrame(frame)
  })
  await work()
  return page.js(() => {
    window.frames_.on = false
    return window.frames_.longest
  })
}

/** slowestPage goes through all pages of the sidebar twice, and returns the longest time from a click to the page's frame. */
async function slowestPage(page) {
  await page.js(() => {
    const buttons = [...document.querySelectorAll('aside nav button')].slice(0, -1) // the last one locks the window
    const left = [...buttons, ...buttons]
    window.pages_ = { slowest: 0, done: false }
    const next = () => {
      const button = left.shift()
      if (!button) return void (window.pages_.done = true)
      const began = performance.now()
      button.focus()
      button.click()
      const frame = () => {
        if (document.activeElement?.tagName !== 'H1') return requestAnimationFrame(frame)
        window.pages_.slowest = Math.max(window.pages_.slowest, performance.now() - began)
        requestAnimationFrame(next)
      }
      requestAnimationFrame(frame)
    }
    next()
  })
  await until('all pages', () => page.js(() => window.pages_.done))
  return page.js(() => window.pages_.slowest)
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]

/** measureWindow returns figures with the limits that they are to keep. */
export async function measureWindow(runs = 5) {
  const cofre = new Cofre()
  try {
    await cofre.open(cofre.sample('grande.sqlite3', 400_000))
    const frame = await longestFrame(cofre.page, async () => {
      await cofre.page.click('button', 'Back up now')
      await cofre.page.sees('is protected', { ms: 120_000 })
    })
    const page = await slowestPage(cofre.page)
    await cofre.close()
    const starts = []
    for (let i = 0; i < runs; i++) {
      starts.push(await firstPage(await cofre.start()))
      await cofre.close()
    }
    return [
      { name: 'from the start of the process to the first page', ms: median(starts), limit: 1000 },
      { name: 'from a click to the page, the slowest of all', ms: page, limit: 100 },
      { name: 'longest frame while a backup runs', ms: frame, limit: 100 },
    ]
  } finally {
    await cofre.remove()
  }
}
