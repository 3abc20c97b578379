// From 800 × 600 at 150 % to a wide screen: nothing scrolls sideways but logs, and nothing is cut off.
import { expect, test } from '@playwright/test'
import { scenes } from '../../harness/names'
import { openScene } from './scene'

const sizes = [
  { width: 800, height: 600, scale: 150, lang: 'pt-BR' },
  { width: 800, height: 600, scale: 100, lang: 'pt-BR' },
  { width: 1180, height: 780, scale: 125, lang: 'en' },
  { width: 1920, height: 1080, scale: 80, lang: 'en' },
] as const

for (const { width, height, scale, lang } of sizes) {
  test(`${width} × ${height} at ${scale} %`, async ({ page }) => {
    test.setTimeout(300_000)
    await page.setViewportSize({ width, height })
    for (const scene of scenes) {
      await openScene(page, scene, { scale, lang })
      expect.soft(await page.evaluate(sideways), scene).toEqual([])
    }
  })
}

/** What is wider than its place: elements that scroll sideways, and words that stick out of the window. */
function sideways(): string[] {
  const name = (element: Element) => `${element.tagName.toLowerCase()}.${element.className}`
  const found: string[] = []
  for (const element of document.querySelectorAll('body *')) {
    const { overflowX } = getComputedStyle(element)
    const scrolls = (overflowX === 'auto' || overflowX === 'scroll') && !element.matches('.log')
    if (scrolls && element.scrollWidth > element.clientWidth + 1) found.push(`scrolls: ${name(element)}`)
    const box = element.getBoundingClientRect()
    if (box.width > 1 && box.right > window.innerWidth + 1 && !element.closest('.log'))
      found.push(`sticks out: ${name(element)}`)
  }
  return found
}
