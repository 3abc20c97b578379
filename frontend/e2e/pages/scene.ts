import { test as base, expect, type ConsoleMessage, type Page } from '@playwright/test'

export interface Look {
  theme?: 'light' | 'dark'
  lang?: 'en' | 'pt-BR'
  scale?: number
  /** Names from outside are as an enemy would choose them. */
  hostile?: boolean
}

/** The one page of a worker: every scene begins with a load of its own, and nothing is kept between them. An error on its console fails the test. */
export const test = base.extend<object, { stage: Page }>({
  stage: [
    async ({ browser }, use, { project }) => {
      const stage = await browser.newPage({ baseURL: project.use.baseURL, locale: 'en', reducedMotion: 'reduce' })
      await stage.clock.setFixedTime(new Date(2025, 11, 22, 14, 32)) // the moment that the data is told from
      await use(stage)
      await stage.close()
    },
    { scope: 'worker' },
  ],
  page: async ({ stage, viewport }, use) => {
    if (viewport) await stage.setViewportSize(viewport)
    const errors: string[] = []
    const thrown = (error: Error) => errors.push(error.message)
    const written = (message: ConsoleMessage) => message.type() === 'error' && errors.push(message.text())
    stage.on('pageerror', thrown).on('console', written)
    await use(stage)
    stage.off('pageerror', thrown).off('console', written)
    expect(errors, 'errors on the console').toEqual([])
  },
})

/** Opens a scene of the harness, and waits until it stands. */
export async function openScene(page: Page, scene: string, look: Look = {}) {
  const { theme = 'light', lang = 'en', scale = 100, hostile = false } = look
  await page.goto(`/?scene=${scene}&theme=${theme}&lang=${lang}&scale=${scale}${hostile ? '&hostile' : ''}`)
  await page.locator('html[data-ready]').waitFor()
}
