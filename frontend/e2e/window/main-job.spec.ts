import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { expect, test, type Page } from '@playwright/test'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const password = 'três pratos de trigo'

/** accessible fails where the automatic rules of WCAG 2.2 A and AA find something on the page as it is. */
async function accessible(page: Page, where: string) {
  await page.evaluate(axe)
  const found = await page.evaluate(async () => {
    const run = (
      window as unknown as {
        axe: {
          run: (options: object) => Promise<{ violations: Array<{ id: string; nodes: Array<{ html: string }> }> }>
        }
      }
    ).axe.run
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']
    const { violations } = await run({ runOnly: { type: 'tag', values: tags } })
    return violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html).join(' ')}`)
  })
  expect(found, where).toEqual([])
}

/** fits fails where the page can be scrolled sideways. */
async function fits(page: Page, where: string) {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
  expect(over, where).toBeLessThanOrEqual(0)
}

async function signIn(page: Page) {
  await page.getByLabel('User name').fill('Ana')
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByRole('navigation').first()).toBeVisible()
}

/** to is the way to a page. */
const to = (page: Page, name: string) =>
  page.getByRole('complementary').first().getByRole('button', { name, exact: true })

/** open shows the page to whoever is signed in; the program keeps the session. */
async function open(page: Page) {
  await page.goto('/')
  const signIn_ = page.getByRole('button', { name: 'Sign in' })
  await expect(signIn_.or(page.getByRole('navigation').first())).toBeVisible()
  if (await signIn_.isVisible()) await signIn(page)
}

const errors: string[] = []
test.beforeEach(async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' }) // a question that fades in has less contrast while it does
  // The connection of Wails' development server draws a notice of its own, which is no part of the program.
  page.on('pageerror', (error) => {
    if (!error.stack?.includes('/wails/ipc.js')) errors.push(error.message)
  })
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text())
  })
})
test.afterEach(() => {
  expect(errors.splice(0), 'errors on the console').toEqual([])
})

test.describe.configure({ mode: 'serial' })

test('the first start makes an administrator and a sample database', async ({ page }) => {
  await page.goto('/')
  await expect(page.getByText('Welcome to Cofre')).toBeVisible()
  await accessible(page, 'language')
  await page.getByRole('button', { name: 'Continue' }).click()
  await accessible(page, 'administrator')
  await page.getByLabel('User name').fill('Ana')
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByLabel('The password again').fill(password)
  await page.getByRole('button', { name: 'Create the account' }).click()
  await expect(page.getByText('Your recovery code')).toBeVisible()
  await accessible(page, 'recovery code')
  await page.getByRole('button', { name: 'I have kept it' }).click()
  await expect(page.getByText('Which database should be safe?')).toBeVisible()
  await accessible(page, 'database')
  await page.getByRole('button', { name: /sample database/ }).click()
  await expect(page.getByText('There is no backup of it yet.')).toBeVisible()
})

test('a backup makes the database protected', async ({ page }) => {
  await open(page)
  await page.getByRole('button', { name: 'Back up now' }).click()
  await expect(page.getByText('is protected')).toBeVisible()
  await to(page, 'Backups').click()
  await expect(page.getByRole('main').getByText('By hand').filter({ visible: true }).first()).toBeVisible()
})

test('a rehearsal proves the backup, and the window says so', async ({ page }) => {
  await open(page)
  await to(page, 'Backups').click()
  await page.getByRole('button', { name: 'Rehearse a restore' }).click()
  await expect(page.getByText(/^The backup is proven: restored aside and compared in/)).toBeVisible()
  const detail = page.getByRole('article')
  await expect(detail.getByText(/^Proven .*, in /)).toBeVisible()
  await expect(detail.getByText('restored aside on this computer, and compared')).toBeVisible()
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    await accessible(page, `a proven backup, ${colorScheme}`)
  }
  await to(page, 'Overview').click()
  await expect(page.getByText('Last proven')).toBeVisible()
})

test('the rows of a backup are paged, filtered, searched and opened', async ({ page }) => {
  await open(page)
  await to(page, 'Backups').click()
  await page.getByRole('button', { name: 'Look inside' }).click()
  const grid = page.getByRole('grid')
  await expect(grid.getByRole('row')).toHaveCount(101)
  await accessible(page, 'rows of a backup')
  await fits(page, 'rows of a backup')
  await page.getByRole('button', { name: 'Last page' }).click()
  await expect(grid.getByRole('rowheader').first()).not.toHaveText('1')

  const users = page
    .getByRole('navigation', { name: 'Tables' })
    .getByRole('button', { name: /^finances_customuser \d/ })
  await users.click()
  const columns = grid.getByRole('columnheader')
  await expect(columns.filter({ hasText: 'username' })).toBeVisible()
  await page.getByRole('textbox', { name: 'Filter' }).fill('id = 1 OR id = 2')
  await page.getByRole('button', { name: 'Show', exact: true }).click()
  await expect(grid.getByRole('row')).toHaveCount(3)
  await expect(page.getByRole('status').filter({ hasText: '1 to 2 of 2' })).toBeVisible()
  await page.getByRole('textbox', { name: 'Filter' }).fill('id = ')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('alert')).toContainText('ends too early')

  await page.getByRole('searchbox', { name: 'Search all tables' }).fill('alimentacao')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('cell', { name: /Alimentação/ }).first()).toBeVisible()
  await page.getByRole('button', { name: 'finances_flowgroup' }).first().click()
  const found = grid.getByRole('gridcell', { name: 'Alimentação' }).first()
  await expect(found).toBeVisible()
  await found.click()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('alertdialog')).toContainText('Alimentação')
  await page.keyboard.press('Escape')
  await expect(found).toBeFocused()
})

test('what is typed about the application around the database is kept, numbers as numbers', async ({ page }) => {
  await open(page)
  const form = async () => {
    await to(page, 'Connections').click()
    await expect(page.getByRole('button', { name: 'Save', exact: true })).toBeVisible()
  }
  const around = page.getByText('The application around it')
  const fields = {
    'Lock file': '/run/familia.lock',
    'Reload file': '/run/familia.reload',
    'Command before': 'systemctl stop "my app"',
    'Command after': 'systemctl start app',
    'Limit of each command, in seconds': '45',
    'Wait for locks, in seconds': '7',
  }
  await form()
  await around.click()
  for (const [label, value] of Object.entries(fields)) await page.getByLabel(label).fill(value)
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(page.getByText(/ is saved$/)).toBeVisible()

  await open(page)
  await form()
  for (const [label, value] of Object.entries(fields)) await expect(page.getByLabel(label)).toHaveValue(value)

  const limit = page.getByLabel('Limit of each command, in seconds')
  for (const wrong of ['1.5', '-1', '86401']) {
    await limit.fill(wrong)
    await around.click() // what is wrong is shown even where the fields were folded away
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await expect(limit).toBeFocused()
    await expect(limit).toHaveAccessibleDescription('A whole number from 1 to 86,400.')
  }
  for (const label of Object.keys(fields)) await page.getByLabel(label).fill('')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(page.getByText(/ is saved$/)).toBeVisible()
  await open(page)
  await form()
  await around.click()
  for (const label of Object.keys(fields)) {
    await expect(page.getByLabel(label)).toHaveValue(label.startsWith('Wait') ? '10' : '')
  }
})

test('every page is accessible and fits, in both themes and two sizes', async ({ page }) => {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    await open(page)
    for (const name of ['Overview', 'Backups', 'Connections', 'Activity', 'Settings', 'Help']) {
      const item = page.getByRole('button', { name, exact: true })
      await item.click()
      await expect(item).toHaveAttribute('aria-current', 'page')
      await expect(page.getByRole('heading', { level: 1 })).toBeAttached()
      await expect(page.getByText('Just a moment')).toHaveCount(0)
      for (const size of [
        { width: 1180, height: 780 },
        { width: 800, height: 600 },
      ]) {
        await page.setViewportSize(size)
        await fits(page, `${name}, ${colorScheme}, ${size.width}`)
        await accessible(page, `${name}, ${colorScheme}, ${size.width}`)
      }
      await page.setViewportSize({ width: 1180, height: 780 })
    }
  }
})

test('a wrong password is refused and says so', async ({ page }) => {
  await open(page)
  await page.getByRole('button', { name: /^Lock/ }).click()
  await page.getByLabel('User name').fill('Ana')
  await page.getByLabel('Password', { exact: true }).fill('not this one')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByText(/was not accepted/)).toBeVisible()
  await accessible(page, 'login')
  await signIn(page)
})

test('a restore asks with the safe answer in focus, replaces, and ends the session', async ({ page }) => {
  await open(page)
  await to(page, 'Backups').click()
  await page.getByRole('main').getByText('By hand').filter({ visible: true }).first().click()
  await page.getByRole('button', { name: 'Restore…' }).click()
  await expect(page.getByText('Nothing has been changed yet.')).toBeVisible()
  await expect(page.getByText('No row of any table differs.')).toBeVisible()
  await accessible(page, 'plan')
  await page.getByRole('button', { name: /^Replace .*…$/ }).click()
  const dialog = page.getByRole('dialog').or(page.getByRole('alertdialog'))
  await expect(dialog.getByText('Confirm Database Restore')).toBeVisible()
  await expect(dialog.getByRole('button', { name: 'Keep the current data' })).toBeFocused()
  await accessible(page, 'the first question')
  await page.keyboard.press('Escape')
  await expect(dialog).toBeHidden()
  await page.getByRole('button', { name: /^Replace .*…$/ }).click()
  await dialog.getByRole('button', { name: /^Replace / }).click()
  await expect(page.getByText(/holds the backup of/)).toBeVisible()
  await accessible(page, 'result')
  await page.getByRole('button', { name: 'All is well' }).click()
  await signIn(page)
})

test('the whole window speaks Portuguese', async ({ page }) => {
  await open(page)
  await to(page, 'Settings').click()
  await page.getByLabel('Language').selectOption('Português (Brasil)')
  for (const name of ['Visão geral', 'Backups', 'Conexões', 'Atividade', 'Ajustes', 'Ajuda']) {
    await to(page, name).click()
    await expect(page.locator('html')).toHaveAttribute('lang', 'pt-BR')
    await fits(page, name)
    await accessible(page, name)
  }
})
