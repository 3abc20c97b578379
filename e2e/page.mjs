// The page in the window, used as a person does: by role, name and text. It speaks the WebDriver protocol to
// WebKitWebDriver, which drives the finished program by way of automation.so. No npm packages.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, openSync, closeSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { locate } from './locate.mjs'
import { freePort } from './port.mjs'
import { until } from './wait.mjs'

const ELEMENT = 'element-6066-11e4-a52e-4f735466cecf'

export class Page {
  #driver
  #base
  #session
  #folder

  /**
   * open starts program, with what it prints going to folder/output.log, and waits for its page. without names folders
   * that the program finds empty, with nothing on its PATH.
   */
  static async open({ program, args = [], env, folder, native, without = [] }) {
    const page = new Page()
    page.#folder = folder
    const start = join(folder, 'start.sh')
    // exec keeps the process: its number, written down here, is the program's.
    const run = `export LD_PRELOAD='${native}/automation.so'\nexec '${program}' "$@"\n`
    writeFileSync(start, `#!/bin/sh\necho $$ >'${folder}/pid'\n${without.length > 0 ? hidden(without, run) : run}`)
    chmodSync(start, 0o755)
    const port = await freePort()
    const output = openSync(join(folder, 'output.log'), 'a')
    page.#driver = spawn('WebKitWebDriver', [`--port=${port}`, '--host=127.0.0.1'], { env, stdio: ['ignore', output, output] })
    closeSync(output)
    page.#base = `http://127.0.0.1:${port}`
    await until('WebKitWebDriver', () => page.#call('GET', '/status'))
    const capabilities = { alwaysMatch: { 'webkitgtk:browserOptions': { binary: start, args } } }
    const { sessionId } = await page.#call('POST', '/session', { capabilities })
    page.#session = `/session/${sessionId}`
    return page
  }

  async #call(method, path, body) {
    const reply = await fetch(this.#base + path, {
      method,
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(20_000),
    }).catch((error) => {
      throw new Error(`${method} ${path}: ${error.message}`)
    })
    const { value } = await reply.json()
    if (!reply.ok) throw new Error(`${method} ${path}: ${value.error} ${value.message}`)
    return value
  }

  get pid() {
    return Number(readFileSync(join(this.#folder, 'pid'), 'utf8'))
  }

  /** js runs a function in the page; its arguments and its result are JSON, or elements. */
  js(f, ...args) {
    return this.#call('POST', `${this.#session}/execute/sync`, { script: `return (${f})(...arguments)`, args: args.map(pack) })
  }

  /**
   * find waits for the one visible element of that role and name and returns it. name is the whole name, or a RegExp.
   * within is a role and name to look inside of, such as ['dialog', /./].
   */
  async find(role, name, { within, ms } = {}) {
    return until(`${role} ${name ?? ''}`, () => this.#locate(role, name, within), ms)
  }

  async #locate(role, name, within) {
    const inside = within ? await this.#locate(...within) : null
    if (within && !inside) return null
    return this.js(locate, role, name instanceof RegExp ? { source: name.source, flags: name.flags } : name ?? null, inside)
  }

  /** sees waits until the page shows text (a string, or a RegExp over all of it), and returns what it shows. */
  async sees(text, { ms } = {}) {
    return until(`the page to show ${text}`, async () => {
      const shown = await this.text()
      return (text instanceof RegExp ? text.test(shown) : shown.includes(text)) && shown
    }, ms)
  }

  /** gone waits until no element of that role and name is visible. */
  async gone(role, name, { ms } = {}) {
    await until(`${role} ${name} to go`, async () => !(await this.#locate(role, name)), ms)
  }

  async has(role, name) {
    return Boolean(await this.#locate(role, name))
  }

  /** text is all that the page shows, blanks folded. */
  text() {
    return this.js(() => document.body.innerText.replace(/[\u00a0\u202f]/g, ' ').replace(/\s+/g, ' '))
  }

  /** click clicks as soon as nothing lies over the element. */
  async click(role, name, options) {
    await until(`a click on the ${role} ${name}`, async () => {
      const element = await this.find(role, name, options)
      await this.#call('POST', `${this.#session}/element/${element[ELEMENT]}/click`, {})
      return true
    }, options?.ms)
  }

  /** leave clicks what ends the program, and waits for its end: of such a click the driver may never hear back. */
  async leave(role, name, options) {
    const click = this.click(role, name, options).catch((error) => error)
    await this.ended(options).catch(async (late) => {
      throw (await click) ?? late
    })
  }

  /** fill empties a field and types text into it. */
  async fill(name, text, options) {
    const element = await this.find('textbox', name, options)
    await this.#call('POST', `${this.#session}/element/${element[ELEMENT]}/clear`, {})
    await this.#call('POST', `${this.#session}/element/${element[ELEMENT]}/value`, { text })
  }

  /** choose takes the option of that value in a list of choices. */
  async choose(name, value, options) {
    await until(`a choice of ${value} for ${name}`, async () => {
      const list = await this.find('combobox', name, options)
      const option = await this.js((element, wanted) => {
        element.scrollIntoView({ block: 'center' }) // not below the bar at the foot
        return [...element.options].find((o) => o.value === wanted) ?? null
      }, list, value)
      if (!option) throw new Error(`${name} does not offer ${value}`)
      await this.#call('POST', `${this.#session}/element/${option[ELEMENT]}/click`, {})
      return true
    })
  }

  /** press sends keys to the element that has the focus. */
  async press(text) {
    const element = await this.js(() => document.activeElement)
    await this.#call('POST', `${this.#session}/element/${element[ELEMENT]}/value`, { text })
  }

  /** focused is the name of the element that has the keyboard. */
  focused() {
    return this.js(() => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent?.trim() ?? '')
  }

  /** screenshot writes a picture of the page, without the window's frame. */
  async screenshot(file) {
    // WebKitGTK answers when the page paints again: a corner of it that changes all the time makes it paint.
    await this.js(() => {
      const corner = document.body.appendChild(document.createElement('i'))
      corner.id = 'repaint'
      corner.style.cssText = 'position:fixed;right:0;bottom:0;width:1px;height:1px'
      const paint = (time) => {
        corner.style.background = `rgb(0 0 0 / ${(time % 100) / 5000})`
        if (corner.isConnected) requestAnimationFrame(paint)
      }
      requestAnimationFrame(paint)
    })
    writeFileSync(file, Buffer.from(await this.#call('GET', `${this.#session}/screenshot`), 'base64'))
    await this.js(() => document.querySelector('#repaint').remove())
  }

  /** close ends the program, whatever it is doing, and the driver. */
  async close() {
    await this.#call('DELETE', this.#session).catch(() => {}) // the program may be gone before the answer, or long since
    await this.ended().catch(() => process.kill(this.pid, 'SIGKILL'))
    this.#driver.kill()
    if (this.#driver.exitCode === null && this.#driver.signalCode === null) await once(this.#driver, 'exit')
  }

  /** ended waits for the end of the program. */
  async ended({ ms } = {}) {
    await until('the program to end', () => !alive(this.pid), ms)
  }
}

/** hidden runs a script where folders are empty and PATH leads nowhere: in a space of mounts of its own. */
function hidden(folders, script) {
  const mounts = folders.map((folder) => `mount -t tmpfs none '${folder}'\n`).join('')
  const user = process.getuid() === 0 ? '' : '--map-root-user '
  return `exec unshare --mount ${user}sh -ec "$(cat <<'END'\n${mounts}export PATH=/nowhere\n${script}END\n)" sh "$@"\n`
}

const pack = (value) => (value === undefined ? null : value)

function alive(pid) {
  try {
    // A process that nobody has waited for yet is still listed, as a zombie.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}
