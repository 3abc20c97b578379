// Every page and every question passes the automatic WCAG 2.2 A and AA rules, in both themes and languages.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { expect, test } from '@playwright/test'
import type { AxeResults, RunOptions } from 'axe-core'
import { scenes } from '../../harness/names'
import { openScene } from './scene'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const options: RunOptions = {
  runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] },
}
declare global {
  interface Window {
    axe: { run: (options: RunOptions) => Promise<AxeResults> }
  }
}

for (const look of [
  { theme: 'light', lang: 'en' },
  { theme: 'dark', lang: 'pt-BR' },
] as const) {
  test(`every page is accessible, ${look.theme}, ${look.lang}`, async ({ page }) => {
    test.setTimeout(300_000)
    for (const scene of scenes) {
      await openScene(page, scene, look)
      await page.evaluate(axe)
      const { violations } = await page.evaluate((how) => window.axe.run(how), options)
      const found = violations.map((v) => `${v.id}: ${v.nodes.map((node) => node.html.slice(0, 160)).join(' ')}`)
      expect.soft(found, scene).toEqual([])
    }
  })
}
