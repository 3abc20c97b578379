// Every page and every question, in both languages: accessible in both themes (the automatic WCAG 2.2 A and AA rules),
// safe from names that would turn them round, and whole from 800 × 600 at 150 % to a wide screen, where nothing scrolls sideways but logs and the rows of a backup, and nothing is cut off.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { expect, type Page } from '@playwright/test'
import type { AxeResults, RunOptions } from 'axe-core'
import { scenes } from '../../harness/names'
import { openScene, test } from './scene'

declare global {
  interface Window {
    axe: { run: (options: RunOptions) => Promise<AxeResults> }
  }
}
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const everyRule = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

// The language with the longer words has the small windows.
const languages = [
  {
    lang: 'en',
    sizes: [
      { width: 1180, height: 780, textScale: 125 },
      { width: 1920, height: 1080, textScale: 80 },
    ],
  },
  {
    lang: 'pt-BR',
    sizes: [
      { width: 800, height: 600, textScale: 100 },
      { width: 800, height: 600, textScale: 150 },
    ],
  },
] as const

for (const { lang, sizes } of languages) {
  for (const scene of scenes) {
    test(`${scene}, ${lang}`, async ({ page }) => {
      await openScene(page, scene, { lang, hostile: true })
      expect.soft(await page.evaluate(moving), 'characters that move or turn what follows').toEqual([])
      await page.evaluate(axe)
      expect.soft(await violations(page, { type: 'tag', values: everyRule }), 'light').toEqual([])
      await page.evaluate(() => window.look({ theme: 'dark' }))
      // All that a theme changes is colours.
      expect.soft(await violations(page, { type: 'rule', values: ['color-contrast'] }), 'dark').toEqual([])
      for (const { width, height, textScale } of sizes) {
        await page.setViewportSize({ width, height })
        await page.evaluate((scale) => window.look({ textScale: scale }), textScale)
        // What is drawn to measure follows its box a frame later.
        await expect(async () => {
          expect(await page.evaluate(sideways), `${width} × ${height} at ${textScale} %`).toEqual([])
        }).toPass({ timeout: 5000 })
      }
    })
  }
}

async function violations(page: Page, runOnly: RunOptions['runOnly']): Promise<string[]> {
  const { violations } = await page.evaluate((options) => window.axe.run(options), {
    runOnly,
    resultTypes: ['violations'],
  } as RunOptions)
  return violations.map((v) => `${v.id}: ${v.nodes.map((node) => node.html.slice(0, 160)).join(' ')}`)
}

/** Texts and attributes with a control character or one that turns the direction of writing. */
function moving(): string[] {
  const moves = /(?!\n)[\p{Cc}\u202a-\u202e\u2066-\u2069]/u
  const found: string[] = []
  for (const element of document.querySelectorAll('*')) {
    for (const { name, value } of element.attributes) if (moves.test(value)) found.push(`${name}: ${value}`)
    for (const child of element.childNodes) {
      if (child instanceof Text && moves.test(child.data)) found.push(`${element.tagName}: ${child.data}`)
    }
  }
  return found
}

/** What is wider than its place: elements that scroll sideways, and words that stick out of the window. */
function sideways(): string[] {
  const name = (element: Element) => `${element.tagName.toLowerCase()}.${element.className}`
  const found: string[] = []
  for (const element of document.querySelectorAll('body *')) {
    const { overflowX } = getComputedStyle(element)
    const scrolls = (overflowX === 'auto' || overflowX === 'scroll') && !element.matches('.log, .cells')
    if (scrolls && element.scrollWidth > element.clientWidth + 1) found.push(`scrolls: ${name(element)}`)
    const box = element.getBoundingClientRect()
    if (box.width > 1 && box.right > window.innerWidth + 1 && !element.closest('.log, .cells'))
      found.push(`sticks out: ${name(element)}`)
  }
  return found
}
