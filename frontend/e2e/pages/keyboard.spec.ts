// The keyboard reaches everything, and the focus is never lost.
import { expect } from '@playwright/test'
import { openScene, test } from './scene'

test('the switcher opens, moves and switches by keys', async ({ page }) => {
  await openScene(page, 'overview')
  await page.getByRole('button', { name: 'Active database: wimm_prod, Production, protected. Switch' }).focus()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('menuitem', { name: /wimm_test/ })).toBeFocused()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('button', { name: /^Active database: db\.sqlite3/ })).toBeVisible()
})

test('what else can be done with a backup is in a menu', async ({ page }) => {
  await openScene(page, 'backups')
  await page.getByRole('button', { name: /^More/ }).focus()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('menuitem')).toHaveText([
    'Read it whole again',
    'Pin',
    'Compare with another…',
    'Show in folder',
    'Delete',
  ])
  await expect(page.getByRole('menuitem').first()).toBeFocused()
  await page.keyboard.press('End')
  await expect(page.getByRole('menuitem').last()).toBeFocused()
  for (let i = 0; i < 2; i++) await page.keyboard.press('ArrowUp')
  await page.keyboard.press('Enter')
  await expect(page.getByText(/^What lies between Before the year-end import/)).toBeVisible()
  await page.getByRole('listbox').getByRole('option', { selected: true }).focus()
  await page.keyboard.press('Home')
  await expect(page.getByRole('table', { name: /between the two backups/ })).toBeVisible()
})

test('a backup goes by Delete and comes back, and Enter looks into it', async ({ page }) => {
  await openScene(page, 'backups')
  await page.getByRole('listbox').getByRole('option', { selected: true }).focus()
  await page.keyboard.press('Delete')
  await expect(page.getByText('Backup deleted')).toBeVisible()
  await expect(page.locator('body')).not.toBeFocused()
  await page.getByRole('button', { name: 'Undo' }).press('Enter')
  await expect(page.getByText('Backup brought back')).toBeVisible()
  await page.getByRole('listbox').getByRole('option', { selected: true }).focus()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 1, name: 'Rows of the backup' })).toBeVisible()
})

test('the question before a needed backup goes has the safe answer in focus', async ({ page }) => {
  await openScene(page, 'backups-delete')
  await expect(page.getByRole('button', { name: 'Keep the backup' })).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('alertdialog')).toHaveCount(0)
})

test('the whole way to a restore, and back out of it', async ({ page }) => {
  await openScene(page, 'plan')
  await expect(page.getByRole('heading', { level: 1 })).toBeFocused()
  const act = page.getByRole('button', { name: 'Replace wimm_prod…' })
  for (let i = 0; i < 30 && !(await act.evaluate((node) => node === document.activeElement)); i++) {
    await page.keyboard.press('Tab')
  }
  await page.keyboard.press('Enter')
  const safe = page.getByRole('button', { name: 'Keep the current data' })
  await expect(safe).toBeFocused()
  // Nothing behind the question can be reached.
  for (let i = 0; i < 6; i++) {
    await page.keyboard.press('Tab')
    expect(await page.evaluate(() => document.activeElement?.closest('[role=alertdialog]') !== null)).toBe(true)
  }
  await page.keyboard.press('Escape')
  await expect(act).toBeFocused()
})

test('a question that the mouse has asked for shows which answer Enter gives', async ({ page }) => {
  await openScene(page, 'plan')
  await page.getByRole('button', { name: 'Replace wimm_prod…' }).click()
  const safe = page.getByRole('button', { name: 'Keep the current data' })
  await expect(safe).toBeFocused()
  await expect(safe).toHaveCSS('outline-style', 'solid')
})

test('each page begins at its name', async ({ page }) => {
  await openScene(page, 'overview')
  for (const name of ['Backups', 'Connections', 'Activity', 'Settings', 'Help']) {
    await page.getByRole('button', { name, exact: true }).click()
    await expect(page.getByRole('heading', { level: 1, name })).toBeFocused()
  }
})

test('a name that has no room is cut in the middle, and is whole for everybody who can’t see it', async ({ page }) => {
  await openScene(page, 'drop-several')
  const name = 'a_very_long_name_of_a_backup_that_was_made_before_the_year_end_import_20251218_093000.dump'
  await expect(page.getByRole('button', { name })).toBeVisible()
  await expect(page.getByText(name)).toHaveCount(1)
})
