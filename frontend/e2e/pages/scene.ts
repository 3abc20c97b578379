import type { Page } from '@playwright/test'

export interface Look {
  theme?: 'light' | 'dark'
  lang?: 'en' | 'pt-BR'
  scale?: number
}

/** Opens a scene of the harness at the moment that its data is told from, and waits until it stands. */
export async function openScene(page: Page, scene: string, { theme = 'light', lang = 'en', scale = 100 }: Look = {}) {
  await page.clock.setFixedTime(new Date(2025, 11, 22, 14, 32))
  await page.emulateMedia({ reducedMotion: 'reduce' })
  await page.goto(`/?scene=${scene}&theme=${theme}&lang=${lang}&scale=${scale}`)
  await page.locator('html[data-ready]').waitFor()
}
