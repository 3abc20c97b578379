// A list of ten thousand backups: only what is seen of it is drawn, and it is used like a short one.
import { expect, type Page } from '@playwright/test'
import { openScene, test } from './scene'

const MANY = 10_000
const list = (page: Page) => page.getByRole('listbox', { name: 'Timeline' })
const options = (page: Page) => list(page).getByRole('option')
const named = (page: Page, name: string) => list(page).getByRole('option', { name })
/** What the window shows of an option, and not what lies below the head of its day. */
async function inSight(page: Page, name: string) {
  await expect(named(page, name)).toBeInViewport({ ratio: 0.9 })
}

test.beforeEach(({ page }) => openScene(page, 'backups-many'))

test('few of ten thousand rows are drawn, and each says which of how many it is', async ({ page }) => {
  await expect(page.getByRole('status').filter({ hasText: '10,000' })).toBeVisible()
  await inSight(page, 'wimm_prod_10000.dump')
  const first = options(page).first()
  await expect(first).toHaveAttribute('aria-posinset', '1')
  await expect(first).toHaveAttribute('aria-setsize', String(MANY))
  expect(await options(page).count()).toBeLessThan(60)
  await list(page).evaluate((element) => element.scrollTo(0, element.scrollHeight / 2))
  await expect(named(page, 'wimm_prod_5000.dump')).toBeVisible()
  expect(await options(page).count()).toBeLessThan(60)
})

test('the keyboard goes from the first to the last and back, and the focus goes with it', async ({ page }) => {
  await options(page).first().focus()
  await page.keyboard.press('End')
  await expect(named(page, 'wimm_prod_1.dump')).toBeFocused()
  await inSight(page, 'wimm_prod_1.dump')
  await expect(named(page, 'wimm_prod_1.dump')).toHaveAttribute('aria-posinset', String(MANY))
  await page.keyboard.press('ArrowUp')
  await expect(named(page, 'wimm_prod_2.dump')).toBeFocused()
  await page.keyboard.press('Home')
  for (let i = 0; i < 30; i++) await page.keyboard.press('ArrowDown')
  await expect(named(page, 'wimm_prod_9970.dump')).toBeFocused()
  await inSight(page, 'wimm_prod_9970.dump')
})

test('the focus stays where it is while the list is scrolled away from it', async ({ page }) => {
  await options(page).first().focus()
  await list(page).evaluate((element) => element.scrollTo(0, element.scrollHeight))
  await expect(named(page, 'wimm_prod_1.dump')).toBeVisible()
  await expect(named(page, 'wimm_prod_10000.dump')).toBeFocused()
  await page.keyboard.press('ArrowDown')
  await expect(named(page, 'wimm_prod_9999.dump')).toBeFocused()
  await inSight(page, 'wimm_prod_9999.dump')
})

test('the end of the list is reached by scrolling, below the head of its day', async ({ page }) => {
  const end = await list(page).evaluate((element) => {
    element.scrollTo(0, element.scrollHeight)
    return element.scrollHeight
  })
  await inSight(page, 'wimm_prod_1.dump')
  await expect(
    list(page)
      .getByText(/^\w+, \d+ \w+ 2024$/)
      .first(),
  ).toBeInViewport()
  expect(await list(page).evaluate((element) => element.scrollHeight), 'as long as it was before').toBe(end)
})

test('the search finds the one among all, and gives all of them back', async ({ page }) => {
  await list(page).evaluate((element) => element.scrollTo(0, element.scrollHeight))
  const search = page.getByRole('searchbox', { name: 'Search' })
  await search.fill('milestone 4300')
  await expect(options(page)).toHaveCount(1)
  await inSight(page, 'Milestone 4300')
  await search.fill('wimm_prod_4321.dump')
  await expect(options(page)).toHaveCount(1)
  await inSight(page, 'wimm_prod_4321.dump')
  await search.fill('')
  await expect(options(page).first()).toHaveAttribute('aria-setsize', String(MANY))
})
